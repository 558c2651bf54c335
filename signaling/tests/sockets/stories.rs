use crate::client::Client;
use crate::shop::{CALL, Shop};
use signaling::core::Settings;
use signaling::message::*;
use std::time::Duration;

fn placed(message: &ServerMessage) -> bool {
    matches!(message, ServerMessage::Placed { place: Place::Call })
}

fn reconnecting(message: &ServerMessage) -> bool {
    matches!(message, ServerMessage::Participant(view) if view.presence == Presence::Reconnecting)
}

fn here(message: &ServerMessage) -> bool {
    matches!(message, ServerMessage::Participant(view) if view.presence == Presence::Here)
}

async fn admit(stylist: &mut Client, participant: ParticipantId) {
    stylist.say(&format!("{{\"type\":\"admit\",\"participant\":{participant}}}")).await;
}

#[tokio::test]
async fn a_customer_waits_is_admitted_drops_and_comes_back() {
    let shop = Shop::open().await;
    let (mut stylist, _) = Client::join(&shop, "stylist:Mei").await;
    let (mut customer, waiting) = Client::join(&shop, "customer:Li Na").await;
    assert_eq!(waiting.waiting, Some(Waiting { ahead: 0 }));

    admit(&mut stylist, waiting.you.id).await;
    customer.hear(placed).await;
    drop(customer);
    stylist.hear(reconnecting).await;

    let (_customer, back) = Client::resume(&shop, "customer:Li Na", Some(&waiting.resume)).await;
    assert_eq!((back.you.id, back.you.place), (waiting.you.id, Place::Call));
    stylist.hear(here).await;
}

#[tokio::test]
async fn a_stopping_server_asks_everybody_to_come_back_and_the_next_one_knows_them() {
    let shop = Shop::open().await;
    let (mut stylist, _) = Client::join(&shop, "stylist:Mei").await;
    let (mut customer, before) = Client::join(&shop, "customer:Li Na").await;
    admit(&mut stylist, before.you.id).await;
    customer.hear(placed).await;

    shop.calls.stop().await;
    assert_eq!(customer.close_code().await, CloseCode::ServerRestarting.number());
    let mut early = Client::connect(&shop).await;
    early.ask_to_join("customer:Li Na", None).await;
    assert_eq!(early.close_code().await, CloseCode::ServerRestarting.number());

    let next = Shop::with(shop.gate.clone(), Settings::default()).await;
    let (_customer, back) = Client::resume(&next, "customer:Li Na", Some(&before.resume)).await;
    assert_eq!((back.you.id, back.you.place), (before.you.id, Place::Call));
    assert_eq!(back.call.state, CallState::Live);
}

#[tokio::test]
async fn who_does_not_come_back_after_a_restart_is_forgotten() {
    let shop = Shop::open().await;
    let (_customer, _) = Client::join(&shop, "customer:Li Na").await;
    shop.calls.stop().await;
    let settings = Settings { grace: Duration::from_millis(100), ..Settings::default() };
    let next = Shop::with(shop.gate.clone(), settings).await;
    next.calls.recover(CALL).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let (_stylist, joined) = Client::join(&next, "stylist:Mei").await;
    assert_eq!(joined.participants.len(), 1);
}

#[tokio::test]
async fn a_second_window_supersedes_the_first() {
    let shop = Shop::open().await;
    let (mut first, _) = Client::join(&shop, "stylist:Mei").await;
    let (_second, _) = Client::join(&shop, "stylist:Mei").await;
    assert_eq!(first.close_code().await, CloseCode::Superseded.number());
}

#[tokio::test]
async fn a_call_that_everybody_left_can_be_entered_again() {
    let shop = Shop::open().await;
    for _ in 0..20 {
        let (mut stylist, _) = Client::join(&shop, "stylist:Mei").await;
        stylist.say("{\"type\":\"leave\"}").await;
        assert_eq!(stylist.close_code().await, CloseCode::Left.number());
    }
}

#[tokio::test]
async fn a_cancelled_appointment_reaches_those_who_wait() {
    let shop = Shop::open().await;
    let (mut customer, _) = Client::join(&shop, "customer:Li Na").await;
    shop.calls.end(CALL, EndReason::Cancelled).await;
    let cancelled = ServerMessage::Ended { reason: EndReason::Cancelled };
    customer.hear(|message| *message == cancelled).await;
    assert_eq!(customer.close_code().await, CloseCode::Ended.number());
}
