//! The README describes every setting, in the words of the one table.
#![allow(clippy::unwrap_used)]

#[test]
fn the_readme_has_the_table_of_settings() {
    let readme = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md"));
    let table = web::settings::table::markdown();
    assert!(
        plain(&readme.unwrap()).contains(&plain(&table)),
        "put this into README.md:\n\n{table}"
    );
}

/// Without what only lines the columns up.
fn plain(markdown: &str) -> String {
    let row = |line: &str| line.split('|').map(cell).collect::<Vec<_>>().join("|");
    markdown
        .lines()
        .map(|line| if line.starts_with('|') { row(line) } else { line.to_owned() } + "\n")
        .collect()
}

fn cell(text: &str) -> &str {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte == b'-') { "---" } else { text }
}
