//! Key frames are asked for once for all, and until they come.

use std::time::Duration;

use crate::world::World;

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn the_requests_of_many_viewers_are_one_request_to_the_publisher() {
    let mut world = World::in_call(1, 4);
    world.run(2 * SECOND);
    let before = world.clients[0].key_frame_requests;
    for viewer in 1..4 {
        let slots = world.slots(viewer);
        let video = slots
            .iter()
            .find(|slot| slot.source == crate::world::id(0) && slot.kind == sfu::TrackKind::Camera);
        let mid = video.unwrap().mid.clone();
        world.clients[viewer].request_key_frame(&mid);
    }
    world.run(SECOND);
    assert_eq!(world.clients[0].key_frame_requests - before, 1);
}

#[test]
fn a_request_is_repeated_ever_more_slowly_until_a_key_frame_comes() {
    let mut world = World::in_call(2, 2);
    world.run(2 * SECOND);
    let before = world.clients[0].key_frame_requests;
    world.clients[0].camera.is_on = false;
    let mid = world.clients[1].video_slots()[0].clone();
    world.clients[1].request_key_frame(&mid);
    world.run(3 * SECOND);
    let asked = world.clients[0].key_frame_requests - before;
    assert_eq!(asked, 4, "at 0, 0.3, 0.9 and 2.1 seconds");
    world.clients[0].camera.is_on = true;
    world.run(SECOND);
    let settled = world.clients[0].key_frame_requests;
    world.run(5 * SECOND);
    assert_eq!(world.clients[0].key_frame_requests, settled);
}

#[test]
fn a_publisher_that_is_heard_again_is_asked_again_at_once() {
    let mut world = World::in_call(3, 2);
    world.run(2 * SECOND);
    world.clients[0].is_cut_off = true;
    world.run(SECOND / 10);
    let mid = world.clients[1].video_slots()[0].clone();
    world.clients[1].request_key_frame(&mid);
    world.run(Duration::from_millis(2_200));
    let before = world.clients[0].key_frame_requests;
    world.clients[0].is_cut_off = false;
    world.run(SECOND / 4);
    assert!(world.clients[0].key_frame_requests > before, "not only 4.5 seconds after the first");
}

#[test]
fn a_viewer_that_is_heard_again_gets_key_frames_without_asking() {
    let mut world = World::in_call(4, 2);
    world.run(3 * SECOND);
    world.clients[1].is_cut_off = true;
    world.run(2 * SECOND);
    let before = world.clients[0].key_frame_requests;
    world.clients[1].is_cut_off = false;
    world.run(SECOND / 4);
    assert!(world.clients[0].key_frame_requests > before);
}

#[test]
fn who_neither_sends_nor_receives_media_costs_nobody_key_frames() {
    let mut world = World::in_call(5, 2);
    world.clients[1].camera.is_on = false;
    world.clients[1].microphone.is_on = false;
    world.run(3 * SECOND);
    world.clients[0].camera.is_on = false;
    world.clients[0].microphone.is_on = false;
    world.run(5 * SECOND);
    let before = world.clients[0].key_frame_requests;
    world.run(20 * SECOND);
    assert_eq!(world.clients[0].key_frame_requests, before);
}
