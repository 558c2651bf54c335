//! The harness itself: a database of its own for every story.

use sea_orm::{ConnectionTrait, Database};

#[tokio::test]
async fn every_story_gets_an_empty_postgresql_database() {
    let first = tests::postgres::new_database().await;
    let second = tests::postgres::new_database().await;
    assert_ne!(first, second);
    let connection = Database::connect(first).await.expect("the database is there");
    connection.execute_unprepared("CREATE TABLE kept (id INT)").await.expect("it takes tables");
}
