//! The README describes every setting, in the words of the one table.
#![allow(clippy::unwrap_used)]

#[test]
fn the_readme_has_the_table_of_settings() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md"));
    let table = web::settings::table::markdown();
    assert!(readme.unwrap().contains(&table), "put this into README.md:\n\n{table}");
}
