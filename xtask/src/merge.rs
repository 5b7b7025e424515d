//! Several small modules as one.

use std::convert::Infallible;
use std::mem::discriminant;

use anyhow::{Result, bail};
use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{
    CodeSection, DataCountSection, DataSection, ElementSection, EntityType, FunctionSection,
    ImportSection, Module, TypeSection,
};
use wasmparser::{Parser, Payload};

/// One module that does what all of these do. They are parts as the splitter cuts them: they export nothing, import table, memory and
/// globals of the main module, and fill places of their own in them.
pub fn merge(modules: &[Vec<u8>]) -> Result<Vec<u8>> {
    let mut merged = Merged::default();
    for module in modules {
        merged.add(module)?;
    }
    Ok(merged.finish())
}

#[derive(Default)]
struct Merged {
    types: TypeSection,
    imports: Vec<Import>,
    functions: FunctionSection,
    elements: ElementSection,
    code: CodeSection,
    data: DataSection,
}

#[derive(PartialEq)]
struct Import {
    module: String,
    name: String,
    entity: EntityType,
}

impl Merged {
    fn add(&mut self, module: &[u8]) -> Result<()> {
        let mut moved = Moved {
            types: self.types.len(),
            functions: self.functions.len(),
            elements: self.elements.len(),
            data: self.data.len(),
            ..Moved::default()
        };
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::TypeSection(types) => moved.parse_type_section(&mut self.types, types)?,
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        self.import(import?, &mut moved)?;
                    }
                }
                Payload::FunctionSection(functions) => {
                    moved.parse_function_section(&mut self.functions, functions)?;
                }
                Payload::ElementSection(elements) => {
                    moved.parse_element_section(&mut self.elements, elements)?;
                }
                Payload::CodeSectionEntry(body) => {
                    moved.parse_function_body(&mut self.code, body)?;
                }
                Payload::DataSection(data) => moved.parse_data_section(&mut self.data, data)?,
                Payload::ExportSection(exports) if exports.count() == 0 => {}
                // Counts, which are made anew, and what only tools read.
                Payload::Version { .. }
                | Payload::CodeSectionStart { .. }
                | Payload::DataCountSection { .. }
                | Payload::CustomSection(_)
                | Payload::End(_) => {}
                other => bail!("a part has {other:?}, which no part had before"),
            }
        }
        Ok(())
    }

    /// What several import, they import once.
    fn import(&mut self, import: wasmparser::Import<'_>, moved: &mut Moved) -> Result<()> {
        let import = Import {
            module: import.module.to_owned(),
            name: import.name.to_owned(),
            entity: moved.entity_type(import.ty)?,
        };
        let indices = match import.entity {
            EntityType::Table(_) => &mut moved.tables,
            EntityType::Memory(_) => &mut moved.memories,
            EntityType::Global(_) => &mut moved.globals,
            _ => bail!("a part imports {}, no table, memory or global", import.name),
        };
        let kind = discriminant(&import.entity);
        let of_kind = || {
            self.imports
                .iter()
                .filter(|other| discriminant(&other.entity) == kind)
        };
        let known = of_kind().position(|other| *other == import);
        indices.push(u32::try_from(known.unwrap_or_else(|| of_kind().count()))?);
        if known.is_none() {
            self.imports.push(import);
        }
        Ok(())
    }

    fn finish(self) -> Vec<u8> {
        let mut imports = ImportSection::new();
        for Import {
            module,
            name,
            entity,
        } in &self.imports
        {
            imports.import(module, name, *entity);
        }
        let mut module = Module::new();
        module
            .section(&self.types)
            .section(&imports)
            .section(&self.functions)
            .section(&self.elements)
            .section(&DataCountSection {
                count: self.data.len(),
            })
            .section(&self.code)
            .section(&self.data);
        module.finish()
    }
}

/// Where a module's own begins in the merged one, and which of the merged one's imports its imports are.
#[derive(Default)]
struct Moved {
    types: u32,
    functions: u32,
    elements: u32,
    data: u32,
    tables: Vec<u32>,
    memories: Vec<u32>,
    globals: Vec<u32>,
}

/// An index that is out of range stays out of range, so that whoever reads the merged module says so.
fn imported(indices: &[u32], index: u32) -> u32 {
    indices.get(index as usize).copied().unwrap_or(u32::MAX)
}

impl Reencode for Moved {
    type Error = Infallible;

    fn type_index(&mut self, index: u32) -> Result<u32, Error> {
        Ok(self.types + index)
    }

    fn function_index(&mut self, index: u32) -> Result<u32, Error> {
        Ok(self.functions + index)
    }

    fn element_index(&mut self, index: u32) -> Result<u32, Error> {
        Ok(self.elements + index)
    }

    fn data_index(&mut self, index: u32) -> Result<u32, Error> {
        Ok(self.data + index)
    }

    fn table_index(&mut self, index: u32) -> Result<u32, Error> {
        Ok(imported(&self.tables, index))
    }

    fn memory_index(&mut self, index: u32) -> Result<u32, Error> {
        Ok(imported(&self.memories, index))
    }

    fn global_index(&mut self, index: u32) -> Result<u32, Error> {
        Ok(imported(&self.globals, index))
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "a test fails by panicking")]
mod tests {
    use wasm_encoder::{
        ConstExpr, Elements, Function, GlobalType, Instruction, MemoryType, RefType, TableType,
        ValType,
    };
    use wasmparser::{Operator, Validator};

    use super::*;

    /// A part whose only function calls itself and reads a global, and stands in the table at `place`.
    fn part(global: &str, place: i32) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], [ValType::I32]);
        let mut imports = ImportSection::new();
        let memory = MemoryType {
            minimum: 1,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        };
        let table = TableType {
            element_type: RefType::FUNCREF,
            table64: false,
            minimum: 10,
            maximum: None,
            shared: false,
        };
        let pointer = GlobalType {
            val_type: ValType::I32,
            mutable: true,
            shared: false,
        };
        imports
            .import("main", "memory", memory)
            .import("main", "table", table)
            .import("main", global, pointer);
        let mut functions = FunctionSection::new();
        functions.function(0);
        let mut elements = ElementSection::new();
        elements.active(
            None,
            &ConstExpr::i32_const(place),
            Elements::Functions([0].as_slice().into()),
        );
        let mut body = Function::new([]);
        body.instruction(&Instruction::Call(0))
            .instruction(&Instruction::Drop)
            .instruction(&Instruction::GlobalGet(0))
            .instruction(&Instruction::End);
        let mut code = CodeSection::new();
        code.function(&body);
        let mut data = DataSection::new();
        data.active(0, &ConstExpr::i32_const(place), [7]);
        let mut module = Module::new();
        module
            .section(&types)
            .section(&imports)
            .section(&functions)
            .section(&elements)
            .section(&code)
            .section(&data);
        module.finish()
    }

    #[test]
    fn every_function_goes_on_to_mean_its_own() {
        let merged = merge(&[part("a", 3), part("b", 4), part("a", 5)]).expect("fit together");
        Validator::new()
            .validate_all(&merged)
            .expect("is WebAssembly");
        let mut n_imports = 0;
        let mut said = Vec::new();
        for payload in Parser::new(0).parse_all(&merged) {
            match payload.expect("can be read") {
                Payload::ImportSection(imports) => n_imports = imports.count(),
                Payload::CodeSectionEntry(body) => {
                    for operator in body.get_operators_reader().expect("is code") {
                        match operator.expect("is code") {
                            Operator::Call { function_index } => said.push(function_index),
                            Operator::GlobalGet { global_index } => said.push(global_index),
                            _ => {}
                        }
                    }
                }
                _ => {}
            }
        }
        assert_eq!(n_imports, 4, "memory, table, a and b, once each");
        assert_eq!(said, [0, 0, 1, 1, 2, 0], "calls itself, reads its global");
    }

    #[test]
    fn what_a_part_cannot_be_is_an_error() {
        let mut module = Module::new();
        let mut imports = ImportSection::new();
        imports.import("main", "call", EntityType::Function(0));
        let mut types = TypeSection::new();
        types.ty().function([], []);
        module.section(&types).section(&imports);
        let why = merge(&[module.finish()]).expect_err("imports a function");
        assert!(why.to_string().contains("call"), "{why}");
    }
}
