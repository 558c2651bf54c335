//! The description of the API that is kept in the repository is the one that the server gives.
#![allow(clippy::unwrap_used)]

#[test]
fn the_kept_description_of_the_api_is_fresh() {
    let kept = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json"));
    let made = web::app::openapi().to_pretty_json().unwrap();
    let is_fresh = kept.is_ok_and(|kept| kept.trim_end() == made);
    assert!(is_fresh, "web/openapi.json is stale: run script/generate");
}

#[test]
fn every_operation_has_a_name_of_its_own() {
    let document: serde_json::Value =
        serde_json::from_str(&web::app::openapi().to_json().unwrap()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let operations = paths.values().flat_map(|path| path.as_object().unwrap().values());
    let mut names: Vec<&str> =
        operations.filter_map(|operation| operation["operationId"].as_str()).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    assert_eq!(document["openapi"], "3.1.0");
}
