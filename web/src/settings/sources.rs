//! Where settings come from: the defaults, then a TOML file, then `CLOSEUP_…` variables, then
//! flags; the later wins. Anything wrong stops the start with a sentence that names it.

use std::path::Path;

use super::{
    Settings,
    table::{Setting, TABLE},
};

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    #[error("{source_name}: there is no setting named `{name}`{hint}")]
    Unknown { source_name: String, name: String, hint: String },
    #[error("{source_name}: `{name}` cannot be `{value}`; it must be {expected}")]
    Wrong { source_name: String, name: String, value: String, expected: String },
    #[error("the settings file {path} cannot be read: {cause}")]
    Unreadable { path: String, cause: String },
    #[error("the settings file {path} is not valid TOML: {cause}")]
    Malformed { path: String, cause: String },
}

/// `variables` are the process's environment; `flags` are (name, value) as given.
pub fn load(
    file: Option<&Path>,
    variables: impl IntoIterator<Item = (String, String)>,
    flags: &[(String, String)],
) -> Result<Settings, SettingsError> {
    let mut settings = Settings::default();
    if let Some(path) = file {
        apply_file(&mut settings, path)?;
    }
    for (variable, value) in variables {
        if let Some(name) = variable.strip_prefix("CLOSEUP_") {
            apply(&mut settings, &variable, &name.to_lowercase(), &value)?;
        }
    }
    for (name, value) in flags {
        apply(&mut settings, "the command line", name, value)?;
    }
    Ok(settings)
}

fn apply_file(settings: &mut Settings, path: &Path) -> Result<(), SettingsError> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|cause| SettingsError::Unreadable {
        path: shown.clone(),
        cause: cause.to_string(),
    })?;
    let table: toml::Table = text.parse().map_err(|cause: toml::de::Error| {
        SettingsError::Malformed { path: shown.clone(), cause: cause.message().to_owned() }
    })?;
    table.iter().try_for_each(|(name, value)| apply(settings, &shown, name, &text_of(value)))
}

fn text_of(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Array(items) => items.iter().map(text_of).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    }
}

fn apply(
    settings: &mut Settings,
    source: &str,
    name: &str,
    value: &str,
) -> Result<(), SettingsError> {
    let source_name = source.to_owned();
    let Some(setting) = TABLE.iter().find(|setting| setting.key() == name) else {
        let (name, hint) = (name.to_owned(), hint(name));
        return Err(SettingsError::Unknown { source_name, name, hint });
    };
    (setting.set)(settings, value).map_err(|expected| SettingsError::Wrong {
        source_name,
        name: name.to_owned(),
        value: if setting.is_secret() { "…".to_owned() } else { without_password(value) },
        expected,
    })
}

/// A setting that shares most of its letters with what was written.
fn hint(name: &str) -> String {
    let keys = TABLE.iter().map(Setting::key);
    let closest = keys.map(|key| (distance(name, &key), key)).min();
    match closest {
        Some((distance, close)) if distance <= 2 => format!(" (did you mean `{close}`?)"),
        _ => String::new(),
    }
}

/// Levenshtein's edit distance, row by row.
fn distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, l) in left.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, r) in right.iter().enumerate() {
            let change = diagonal + usize::from(l != *r);
            diagonal = row[j + 1];
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[right.len()]
}

/// What stands in a message may end up in a log.
fn without_password(value: &str) -> String {
    match value.split_once('@') {
        Some((before, after)) if before.contains(':') => format!("…@{after}"),
        _ => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("closeup.toml");
        std::fs::write(&path, text).unwrap();
        (folder, path)
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn flags_win_over_variables_and_variables_over_the_file() {
        let (_folder, path) = file("port = 1\nshop_name = \"File\"\nshop_phone = \"1\"");
        let variables = [pair("CLOSEUP_PORT", "2"), pair("CLOSEUP_SHOP_NAME", "Variable")];
        let settings = load(Some(&path), variables, &[pair("port", "3")]).unwrap();
        assert_eq!(settings.port, 3);
        assert_eq!(settings.shop_name, "Variable");
        assert_eq!(settings.shop_phone, "1");
    }

    #[test]
    fn a_misspelt_setting_is_named_and_the_right_one_suggested() {
        let (_folder, path) = file("prot = 8081");
        let error = load(Some(&path), [], &[]).unwrap_err().to_string();
        assert!(error.ends_with("no setting named `prot` (did you mean `port`?)"), "{error}");
        let error = load(None, [pair("CLOSEUP_COLOUR", "red")], &[]).unwrap_err().to_string();
        assert_eq!(error, "CLOSEUP_COLOUR: there is no setting named `colour`");
    }

    #[test]
    fn a_bad_value_is_named_with_what_would_be_right() {
        let error = load(None, [], &[pair("port", "70000")]).unwrap_err().to_string();
        let expected =
            "the command line: `port` cannot be `70000`; it must be a port from 0 to 65535";
        assert_eq!(error, expected);
        for (name, value) in [
            ("host", "localhost:1"),
            ("tls", "yes"),
            ("public_url", "shop.example"),
            ("public_url", "https://shop.example/path"),
            ("database", "mysql://x"),
            ("database", "sqlite:"),
            ("session_days", "0"),
            ("media_addresses", "1.2.3.4,here"),
            ("log", "web=nonsense"),
            ("data", ""),
        ] {
            let error = load(None, [], &[pair(name, value)]).unwrap_err();
            assert!(matches!(error, SettingsError::Wrong { .. }), "{name}={value}");
        }
    }

    #[test]
    fn a_password_in_a_wrong_value_is_not_repeated() {
        let url = pair("database", "mysql://root:hunter2@db/x");
        let error = load(None, [], &[url]).unwrap_err().to_string();
        assert!(!error.contains("hunter2"), "{error}");
    }

    #[test]
    fn a_file_may_hold_numbers_booleans_and_lists() {
        let (_folder, path) =
            file("port = 0\nempty = true\nmedia_addresses = [\"10.0.0.1\", \"::1\"]");
        let settings = load(Some(&path), [], &[]).unwrap();
        assert!(settings.empty);
        assert_eq!(settings.media_addresses.len(), 2);
    }

    #[test]
    fn a_missing_or_broken_file_is_named() {
        let error = load(Some(Path::new("/nowhere/closeup.toml")), [], &[]).unwrap_err();
        assert!(error.to_string().contains("/nowhere/closeup.toml"), "{error}");
        let (_folder, path) = file("port = ");
        let error = load(Some(&path), [], &[]).unwrap_err();
        assert!(matches!(error, SettingsError::Malformed { .. }), "{error}");
    }
}
