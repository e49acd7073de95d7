//! Compiles the crate again when a migration is added: the macro that embeds them does not say what it has read.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
