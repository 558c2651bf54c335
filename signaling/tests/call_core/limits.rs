use signaling::core::{Budget, Verdict};
use signaling::message::{ErrorCode, MAX_FRAME, parse};
use signaling::time::UnixMillis;

const NOW: UnixMillis = UnixMillis(0);

#[test]
fn a_flood_is_first_held_back_and_then_closed() {
    let mut budget = Budget::of_messages(NOW);
    let verdicts: Vec<_> = (0..161).map(|_| budget.spend(NOW)).collect();
    assert!(verdicts[..60].iter().all(|verdict| *verdict == Verdict::Fine));
    assert!(verdicts[60..160].iter().all(|verdict| *verdict == Verdict::TooMuch));
    assert_eq!(verdicts[160], Verdict::Close);
}

#[test]
fn who_keeps_to_the_pace_is_never_held_back() {
    let mut budget = Budget::of_messages(NOW);
    for tick in 0..10_000 {
        assert_eq!(budget.spend(UnixMillis(tick * 34)), Verdict::Fine);
    }
}

#[test]
fn a_budget_survives_a_clock_that_jumps() {
    let mut budget = Budget::of_messages(UnixMillis(u64::MAX));
    assert_eq!(budget.spend(NOW), Verdict::Fine);
    assert_eq!(budget.spend(UnixMillis(u64::MAX)), Verdict::Fine);
}

#[test]
fn hostile_frames_get_stable_codes() {
    let long = format!("{{\"type\":\"ping\",\"x\":\"{}\"}}", "x".repeat(MAX_FRAME));
    let detail = "x".repeat(201);
    let long_detail = format!(
        "{{\"type\":\"capture_state\",\"id\":\"0d5f7f0a-9c41-4d2e-8a87-1f6f3f0f9a10\",\
         \"source\":\"camera\",\"state\":\"failed\",\"detail\":\"{detail}\"}}"
    );
    let deep = "[".repeat(60_000);
    for (frame, code) in [
        ("", ErrorCode::Malformed),
        ("nonsense", ErrorCode::Malformed),
        ("[]", ErrorCode::Malformed),
        ("{}", ErrorCode::Malformed),
        ("null", ErrorCode::Malformed),
        ("{\"type\":7}", ErrorCode::Malformed),
        ("{\"type\":\"ping\",\"seq\":-1}", ErrorCode::Malformed),
        ("{\"type\":\"ping\",\"seq\":1e99}", ErrorCode::Malformed),
        ("{\"type\":\"admit\"}", ErrorCode::Malformed),
        ("{\"type\":\"admit\",\"participant\":\"2\"}", ErrorCode::Malformed),
        ("{\"type\":\"admit\",\"participant\":-2}", ErrorCode::Malformed),
        ("{\"type\":\"capture\",\"id\":\"x\",\"target\":1}", ErrorCode::Malformed),
        ("{\"type\":\"mute\",\"audio\":\"yes\",\"video\":true}", ErrorCode::Malformed),
        ("{\"type\":\"explode\"}", ErrorCode::UnknownType),
        (long.as_str(), ErrorCode::TooLarge),
        (long_detail.as_str(), ErrorCode::Malformed),
        (deep.as_str(), ErrorCode::Malformed),
    ] {
        let error = parse(frame).unwrap_err();
        assert_eq!(error.code, code, "{}", &frame[..frame.len().min(80)]);
        assert!(error.message.chars().count() <= 200);
    }
}

#[test]
fn a_refused_frame_is_answered_by_its_number() {
    let error = parse("{\"type\":\"admit\",\"seq\":12}").unwrap_err();
    assert_eq!(error.re, Some(12));
}

#[test]
fn figures_beyond_reason_are_cut_and_not_refused() {
    let (_, message) =
        parse("{\"type\":\"report\",\"round_trip_ms\":-3.5,\"freezes\":1e12}").unwrap();
    let written = serde_json::to_value(&message).unwrap();
    assert_eq!(
        (written["round_trip_ms"].as_u64(), written["freezes"].as_u64()),
        (Some(0), Some(65_535))
    );
}
