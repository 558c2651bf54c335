//! What happened is told in order, completely, and only if it happened.

use std::time::Duration;

use serde_json::json;
use tests::on_both_databases;
use web::app::AppState;
use web::outbox::Event;

async fn happen(app: &AppState, number: i64) -> i64 {
    let write = app.database.write().await.unwrap();
    let seq = app.outbox.append(&write, Event::new("test.happened", json!({ "id": number })));
    let seq = seq.await.unwrap();
    write.commit().await.unwrap();
    seq
}

on_both_databases! {
    async fn a_reader_is_told_at_once_and_in_order(app: TestApp) {
        let state = app.state.clone();
        let mut news = state.outbox.subscribe();
        news.mark_unchanged();
        let first = happen(&state, 1).await;
        // Far sooner than the next look at the table.
        tokio::time::timeout(Duration::from_millis(900), news.changed()).await.unwrap().unwrap();
        assert_eq!(*news.borrow_and_update(), first);
        let second = happen(&state, 2).await;
        let told = state.outbox.read_after(first - 1, 10).await.unwrap();
        let told: Vec<_> = told.iter().map(|event| (event.seq, event.payload["id"].clone())).collect();
        assert_eq!(told, [(first, json!(1)), (second, json!(2))]);
        assert!(state.outbox.read_after(second, 10).await.unwrap().is_empty());
    }

    async fn what_was_rolled_back_is_never_told(app: TestApp) {
        let state = app.state.clone();
        let write = state.database.write().await.unwrap();
        let event = Event::new("test.happened", json!({ "id": 1 }));
        let seq = state.outbox.append(&write, event).await.unwrap();
        drop(write);
        let later = happen(&state, 2).await;
        let told = state.outbox.read_after(seq - 1, 10).await.unwrap();
        let told: Vec<i64> = told.iter().map(|event| event.seq).collect();
        assert_eq!(told, [later]);
    }

    /// Numbers are visible in the order of the commits: who has seen `n` has missed nothing before.
    async fn a_reader_never_misses_an_event_of_a_slower_writer(app: TestApp) {
        const WRITERS: i64 = 40;
        let state = app.state.clone();
        let writers = (0..WRITERS).map(|number| {
            let state = state.clone();
            tokio::spawn(async move { happen(&state, number).await })
        });
        let writers: Vec<_> = writers.collect();
        let (mut seen, mut count) = (0, 0);
        while count < WRITERS {
            for event in state.outbox.read_after(seen, 7).await.unwrap() {
                assert!(event.seq > seen);
                seen = event.seq;
                count += 1;
            }
        }
        for writer in writers {
            assert!(writer.await.unwrap() <= seen);
        }
    }
}
