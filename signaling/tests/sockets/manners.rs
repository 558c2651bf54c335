use crate::client::Client;
use crate::shop::Shop;
use signaling::message::*;

async fn pongs(client: &mut Client) {
    client.say("{\"type\":\"ping\"}").await;
    client.hear(|message| matches!(message, ServerMessage::Pong {})).await;
}

#[tokio::test]
async fn a_bad_link_is_refused_and_the_socket_closed() {
    let shop = Shop::open().await;
    let mut stranger = Client::connect(&shop).await;
    stranger.ask_to_join("nonsense", None).await;
    assert_eq!(stranger.error().await, ErrorCode::LinkInvalid);
    assert_eq!(stranger.close_code().await, CloseCode::Refused.number());
}

#[tokio::test]
async fn who_talks_before_joining_is_told_to_join() {
    let shop = Shop::open().await;
    let mut client = Client::connect(&shop).await;
    client.say("{\"type\":\"end\"}").await;
    assert_eq!(client.error().await, ErrorCode::NotJoined);
}

#[tokio::test]
async fn a_join_with_two_doors_or_none_is_malformed() {
    let shop = Shop::open().await;
    let mut client = Client::connect(&shop).await;
    client.say("{\"type\":\"join\",\"version\":1,\"audio\":true,\"video\":true}").await;
    assert_eq!(client.error().await, ErrorCode::Malformed);
}

#[tokio::test]
async fn another_version_is_refused() {
    let shop = Shop::open().await;
    let mut client = Client::connect(&shop).await;
    client
        .say("{\"type\":\"join\",\"version\":2,\"link\":\"x\",\"audio\":true,\"video\":true}")
        .await;
    assert_eq!(client.error().await, ErrorCode::UnsupportedVersion);
    assert_eq!(client.close_code().await, CloseCode::Refused.number());
}

#[tokio::test]
async fn nonsense_gets_errors_and_the_call_goes_on() {
    let shop = Shop::open().await;
    let (mut customer, _) = Client::join(&shop, "customer:Li Na").await;
    customer.say("nonsense").await;
    assert_eq!(customer.error().await, ErrorCode::Malformed);
    customer.say("{\"type\":\"explode\"}").await;
    assert_eq!(customer.error().await, ErrorCode::UnknownType);
    customer.say_bytes(&[0xff; 16]).await;
    assert_eq!(customer.error().await, ErrorCode::Malformed);
    customer.say(&format!("{{\"type\":\"ping\",\"x\":\"{}\"}}", "x".repeat(MAX_FRAME))).await;
    assert_eq!(customer.error().await, ErrorCode::TooLarge);
    customer.ask_to_join("customer:Li Na", None).await;
    assert_eq!(customer.error().await, ErrorCode::AlreadyJoined);
    pongs(&mut customer).await;
}

#[tokio::test]
async fn repeated_nonsense_is_closed_and_others_do_not_notice() {
    let shop = Shop::open().await;
    let (mut stylist, _) = Client::join(&shop, "stylist:Mei").await;
    let (mut hostile, _) = Client::join(&shop, "customer:Mallory").await;
    for _ in 0..20 {
        hostile.say("nonsense").await;
    }
    assert_eq!(hostile.close_code().await, CloseCode::Malformed.number());
    pongs(&mut stylist).await;
}

#[tokio::test]
async fn a_frame_beyond_all_measure_is_closed() {
    let shop = Shop::open().await;
    let (mut hostile, _) = Client::join(&shop, "customer:Mallory").await;
    let (mut stylist, _) = Client::join(&shop, "stylist:Ann").await;
    hostile.say(&"x".repeat(300 * 1024)).await;
    // Nobody reads the rest of such a frame, so the system may reset the connection before the
    // close code is read.
    hostile.cut_off().await;
    pongs(&mut stylist).await;
}

#[tokio::test]
async fn a_flood_is_closed() {
    let shop = Shop::open().await;
    let (mut hostile, _) = Client::join(&shop, "customer:Mallory").await;
    for _ in 0..400 {
        hostile.say("{\"type\":\"mute\",\"audio\":true,\"video\":true}").await;
    }
    assert_eq!(hostile.error().await, ErrorCode::RateLimited);
    assert_eq!(hostile.close_code().await, CloseCode::RateLimited.number());
}

#[tokio::test]
async fn who_does_not_join_in_time_is_closed() {
    let shop = Shop::impatient().await;
    let mut client = Client::connect(&shop).await;
    assert_eq!(client.error().await, ErrorCode::Timeout);
    assert_eq!(client.close_code().await, CloseCode::JoinTimeout.number());
}

#[tokio::test]
async fn who_falls_silent_is_closed_and_may_resume() {
    let shop = Shop::impatient().await;
    let (mut customer, before) = Client::join(&shop, "customer:Li Na").await;
    assert_eq!(customer.close_code().await, CloseCode::Silent.number());
    let (_customer, back) = Client::resume(&shop, "customer:Li Na", Some(&before.resume)).await;
    assert_eq!(back.you.id, before.you.id);
}

#[tokio::test]
async fn who_does_not_read_is_dropped_and_the_others_go_on() {
    let shop = Shop::open().await;
    let (mut talker, _) = Client::join(&shop, "stylist:long").await;
    let (reader, before) = Client::join(&shop, "stylist:Tao").await;
    let mut audio = false;
    let lost = loop {
        audio = !audio;
        talker.say(&format!("{{\"type\":\"mute\",\"audio\":{audio},\"video\":true}}")).await;
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        if let ServerMessage::Participant(view) = talker.next().await
            && view.presence == Presence::Reconnecting
        {
            break view.id;
        }
    };
    assert_eq!(lost, before.you.id);
    drop(reader);
    let (_reader, back) = Client::resume(&shop, "stylist:Tao", Some(&before.resume)).await;
    assert_eq!(back.you.id, before.you.id);
}
