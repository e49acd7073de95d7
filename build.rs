//! Compiles the crate again when a migration is added: the macro that embeds them does not say what it has read. Unpacks
//! the files of Swagger UI that `web::api::docs` serves.

use std::env;
use std::fs::{self, File};
use std::io::{Cursor, Read, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;
use zip::ZipArchive;

/// What the page loads.
const FILES: [&str; 2] = ["swagger-ui-bundle.js", "swagger-ui.css"];

fn main() {
    println!("cargo::rerun-if-changed=migrations");
    println!("cargo::rerun-if-changed=build.rs");
    let directory = env::var("OUT_DIR").expect("cargo names it");
    let mut archive = ZipArchive::new(Cursor::new(SWAGGER_UI_VENDORED)).expect("an archive");
    for file in FILES {
        let names: Vec<String> = archive
            .file_names()
            .map(|name| name.expect("a name").into_owned())
            .collect();
        let end = format!("/dist/{file}");
        let name = names.iter().find(|name| name.ends_with(&end));
        let mut bytes = Vec::new();
        let mut entry = archive.by_name(name.expect("the file")).expect("its entry");
        entry.read_to_end(&mut bytes).expect("its content");
        let path = Path::new(&directory).join(file);
        fs::write(&path, &bytes).expect("written");
        let packed = File::create(path.with_file_name(format!("{file}.gz"))).expect("a file");
        let mut packed = GzEncoder::new(packed, Compression::best());
        packed.write_all(&bytes).expect("packed");
        packed.finish().expect("written");
    }
}
