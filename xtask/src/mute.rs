//! Panics without words.
//!
//! A panic stops the page with a trap, and nobody hears what it would have said. The code that puts its words together was a
//! twentieth of the first load, tables of Unicode among it; what stops without words stops all the same.

use std::ops::Range;

use anyhow::{Result, bail};
use wasm_encoder::{CustomSection, Encode, Module, RawSection};
use wasmparser::{
    FunctionBody, KnownCustom, Operator, Parser, Payload, RelocSectionReader, TypeRef,
};

/// The linker's notes on who uses what in the code.
const USES: &str = "reloc.CODE";

/// A linked module in which whatever never returns does nothing but stop. The linker's notes say so, so that what only that has used
/// is nobody's any more.
pub fn muted(module: &[u8]) -> Result<Vec<u8>> {
    let mut n_imported = 0;
    let mut code = 0..0;
    let mut functions = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    n_imported += usize::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionStart { range, .. } => code = within(range)?,
            Payload::CodeSectionEntry(body) => functions.push(Function::read(&body)?),
            _ => {}
        }
    }
    let speaks = who_speaks(&functions, n_imported);
    let silent: Vec<Range<usize>> = functions
        .iter()
        .zip(speaks)
        .filter(|(function, speaks)| function.never_returns && !speaks)
        .map(|(function, _)| function.body.clone())
        .collect();

    let mut contents = module.to_vec();
    for body in &silent {
        // As long as before, so that everything else stays where the linker's notes say.
        contents[body.clone()].fill(NOP);
        contents[body.start..body.start + 2].copy_from_slice(&[NO_LOCALS, UNREACHABLE]);
        contents[body.end - 1] = END;
    }
    let mut muted = Module::new();
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        let Some((id, range)) = payload.as_section() else {
            continue;
        };
        match &payload {
            Payload::CustomSection(section) if section.name() == USES => {
                let KnownCustom::Reloc(uses) = section.as_known() else {
                    bail!("the linker's notes cannot be read");
                };
                let data = uses_outside(module, &uses, &silent, code.start)?;
                muted.section(&CustomSection {
                    name: USES.into(),
                    data: data.into(),
                });
            }
            _ => {
                let data = &contents[within(range)?];
                muted.section(&RawSection { id, data });
            }
        }
    }
    Ok(muted.finish())
}

const NO_LOCALS: u8 = 0;
const UNREACHABLE: u8 = 0;
const NOP: u8 = 1;
const END: u8 = 11;

struct Function {
    /// Where its locals and code stand in the module.
    body: Range<usize>,
    never_returns: bool,
    /// What it calls by name.
    calls: Vec<usize>,
}

impl Function {
    fn read(body: &FunctionBody<'_>) -> Result<Self> {
        let mut calls = Vec::new();
        let mut returns = false;
        let mut ends_in_trap = false;
        let mut depth = 0;
        for operator in body.get_operators_reader()? {
            let operator = operator?;
            match &operator {
                Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => depth += 1,
                Operator::End if depth > 0 => depth -= 1,
                Operator::End => {
                    returns |= !ends_in_trap;
                }
                Operator::Return
                | Operator::ReturnCall { .. }
                | Operator::ReturnCallIndirect { .. } => returns = true,
                Operator::Br { relative_depth } | Operator::BrIf { relative_depth } => {
                    returns |= *relative_depth == depth;
                }
                Operator::BrTable { targets } => {
                    returns |= targets.default() == depth;
                    for target in targets.targets() {
                        returns |= target? == depth;
                    }
                }
                Operator::Call { function_index } => calls.push(*function_index as usize),
                _ => {}
            }
            ends_in_trap = matches!(operator, Operator::Unreachable);
        }
        Ok(Self {
            body: within(body.range())?,
            never_returns: !returns,
            calls,
        })
    }
}

/// Which functions call something of the browser, themselves or through others: an exception that is thrown there is heard. Calls
/// through the table are left out: a panic makes them only to put its words together.
fn who_speaks(functions: &[Function], n_imported: usize) -> Vec<bool> {
    let mut speaks = vec![false; functions.len()];
    let mut changes = true;
    while changes {
        changes = false;
        for (own, function) in functions.iter().enumerate() {
            let says = |call: &usize| call.checked_sub(n_imported).is_none_or(|to| speaks[to]);
            if !speaks[own] && function.calls.iter().any(says) {
                speaks[own] = true;
                changes = true;
            }
        }
    }
    speaks
}

/// The linker's notes without those on these bodies.
fn uses_outside(
    module: &[u8],
    uses: &RelocSectionReader<'_>,
    silent: &[Range<usize>],
    code_start: usize,
) -> Result<Vec<u8>> {
    let all = within(uses.entries().range())?;
    let mut starts = Vec::new();
    let mut are_kept = Vec::new();
    for entry in uses.entries().into_iter_with_offsets() {
        let (start, entry) = entry?;
        let place = code_start + entry.offset as usize;
        let next = silent.partition_point(|body| body.end <= place);
        starts.push(usize::try_from(start)?);
        are_kept.push(silent.get(next).is_none_or(|body| place < body.start));
    }
    let ends = starts.iter().skip(1).copied().chain([all.end]);
    let mut kept = Vec::new();
    uses.section_index().encode(&mut kept);
    are_kept
        .iter()
        .filter(|&&kept| kept)
        .count()
        .encode(&mut kept);
    for ((&start, end), is_kept) in starts.iter().zip(ends).zip(&are_kept) {
        if *is_kept {
            kept.extend(&module[start..end]);
        }
    }
    Ok(kept)
}

/// Offsets as places in memory.
fn within(range: Range<u64>) -> Result<Range<usize>> {
    Ok(usize::try_from(range.start)?..usize::try_from(range.end)?)
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "a test fails by panicking")]
mod tests {
    use wasm_encoder::{
        BlockType, CodeSection, EntityType, FunctionSection, ImportSection, Instruction,
        TypeSection,
    };
    use wasmparser::Validator;

    use super::*;

    /// One imported function, these of its own, and a note on the first call of each.
    fn module(functions: &[&[Instruction<'_>]]) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let mut imports = ImportSection::new();
        imports.import("script", "throw", EntityType::Function(0));
        let mut declared = FunctionSection::new();
        let mut code = CodeSection::new();
        for instructions in functions {
            declared.function(0);
            let mut body = wasm_encoder::Function::new([]);
            for instruction in *instructions {
                body.instruction(instruction);
            }
            code.function(body.instruction(&Instruction::End));
        }
        let mut module = Module::new();
        module
            .section(&types)
            .section(&imports)
            .section(&declared)
            .section(&code);
        let unnoted = module.clone().finish();
        let mut notes = vec![3];
        functions.len().encode(&mut notes);
        let start = code_start(&unnoted);
        for (body, _) in bodies(&unnoted) {
            // The kind, the place and the symbol.
            notes.push(0);
            (body.start - start + 2).encode(&mut notes);
            notes.push(0);
        }
        module.section(&CustomSection {
            name: USES.into(),
            data: notes.into(),
        });
        module.finish()
    }

    fn code_start(module: &[u8]) -> usize {
        let payloads = Parser::new(0).parse_all(module);
        let mut starts = payloads.filter_map(|payload| match payload.expect("can be read") {
            Payload::CodeSectionStart { range, .. } => Some(range.start as usize),
            _ => None,
        });
        starts.next().expect("has code")
    }

    fn bodies(module: &[u8]) -> Vec<(Range<usize>, Vec<u8>)> {
        let payloads = Parser::new(0).parse_all(module);
        payloads
            .filter_map(|payload| match payload.expect("can be read") {
                Payload::CodeSectionEntry(body) => Some((
                    within(body.range()).expect("is short"),
                    body.as_bytes().to_vec(),
                )),
                _ => None,
            })
            .collect()
    }

    fn places_of_notes(module: &[u8]) -> Vec<usize> {
        let mut places = Vec::new();
        for payload in Parser::new(0).parse_all(module) {
            if let Payload::CustomSection(section) = payload.expect("can be read")
                && let KnownCustom::Reloc(notes) = section.as_known()
            {
                for note in notes.entries() {
                    places.push(note.expect("can be read").offset as usize);
                }
            }
        }
        places
    }

    #[test]
    fn what_only_stops_stops_without_words() {
        let (call, stop) = (Instruction::Call, Instruction::Unreachable);
        let before = module(&[
            // What to say is put together by others.
            &[call(2), call(2), stop.clone()],
            &[call(2), Instruction::Return],
            // Returns from the middle.
            &[
                Instruction::Block(BlockType::Empty),
                call(2),
                Instruction::Br(1),
                Instruction::End,
                stop.clone(),
            ],
            // Throws, and through another.
            &[call(0), stop.clone()],
            &[call(4), stop.clone()],
            &[call(1), Instruction::Nop, stop],
        ]);
        let after = muted(&before).expect("is a module");
        Validator::new()
            .validate_all(&after)
            .expect("is WebAssembly");
        let (bodies_before, bodies_after) = (bodies(&before), bodies(&after));
        let are_silent = [true, false, false, false, false, true];
        for (number, is_silent) in are_silent.into_iter().enumerate() {
            let (before, after) = (&bodies_before[number].1, &bodies_after[number].1);
            assert_eq!(before.len(), after.len());
            assert_eq!(after.starts_with(&[NO_LOCALS, UNREACHABLE, NOP]), is_silent);
            assert_eq!(before == after, !is_silent);
        }
        let places: Vec<usize> = bodies_after[1..5]
            .iter()
            .map(|(body, _)| body.start - code_start(&after) + 2)
            .collect();
        assert_eq!(places_of_notes(&before).len(), 6);
        assert_eq!(places_of_notes(&after), places);
    }
}
