//! Short names for what the main module imports from its script.
//!
//! wasm-bindgen tells hundreds of functions apart by hashes, and they stand in the module and in the script. Hashes do not compress:
//! they were 5 KB of the first load.

use std::convert::Infallible;

use anyhow::{Result, bail};
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{ImportSection, Module};
use wasmparser::{Import, Imports, Parser};

/// The module, and its script, in which everything that `from` gives is called by its place among the imports.
pub fn numbered(module: &[u8], script: &str, from: &str) -> Result<(Vec<u8>, String)> {
    let mut short = Numbered {
        from,
        names: Vec::new(),
    };
    let mut smaller = Module::new();
    short.parse_core_module(&mut smaller, Parser::new(0), module)?;
    let mut script = script.to_owned();
    for (place, name) in short.names.iter().enumerate() {
        // As the script defines it; names with a longer beginning are others.
        let definition = format!(" {name}: ");
        if script.matches(&definition).count() != 1 {
            bail!("wasm-bindgen's script does not define {name} as it used to");
        }
        script = script.replace(&definition, &format!(" {place}: "));
    }
    Ok((smaller.finish(), script))
}

struct Numbered<'a> {
    from: &'a str,
    names: Vec<String>,
}

impl Reencode for Numbered<'_> {
    type Error = Infallible;

    fn parse_imports(
        &mut self,
        section: &mut ImportSection,
        imports: Imports<'_>,
    ) -> Result<(), Error> {
        match imports {
            Imports::Single(at, import) if import.module == self.from => {
                let place = self.names.len().to_string();
                self.names.push(import.name.to_owned());
                let name = &place;
                let import = Import { name, ..import };
                utils::parse_imports(self, section, Imports::Single(at, import))
            }
            others => utils::parse_imports(self, section, others),
        }
    }
}

#[cfg(test)]
#[allow(clippy::expect_used, reason = "a test fails by panicking")]
mod tests {
    use wasm_encoder::{EntityType, TypeSection};
    use wasmparser::Payload;

    use super::*;

    fn module(imports: &[[&str; 2]]) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let mut section = ImportSection::new();
        for [from, name] in imports {
            section.import(from, name, EntityType::Function(0));
        }
        let mut module = Module::new();
        module.section(&types).section(&section);
        module.finish()
    }

    fn names(module: &[u8]) -> Vec<String> {
        let mut names = Vec::new();
        for payload in Parser::new(0).parse_all(module) {
            if let Payload::ImportSection(imports) = payload.expect("can be read") {
                for import in imports.into_imports() {
                    names.push(import.expect("can be read").name.to_owned());
                }
            }
        }
        names
    }

    #[test]
    fn module_and_script_agree_on_the_numbers() {
        let long = module(&[["script", "get_b"], ["loader", "load"], ["script", "get"]]);
        let script = "{ get: function(a) {}, get_b: function() {}, load: 1 }";
        let (short, script) = numbered(&long, script, "script").expect("has each once");
        assert_eq!(names(&short), ["0", "load", "1"]);
        assert_eq!(script, "{ 1: function(a) {}, 0: function() {}, load: 1 }");
    }

    #[test]
    fn a_script_that_looks_otherwise_is_an_error() {
        let module = module(&[["script", "get"]]);
        for script in ["{ get() {} }", "{ get: 1, get: 2 }"] {
            assert!(numbered(&module, script, "script").is_err(), "{script}");
        }
    }
}
