//! What a client says. Fields that this server does not know are ignored, so that a newer client
//! can talk to it; everything that it does know is checked here, once.

use super::{CaptureId, ErrorCode, Few, MAX_FRAME, ParticipantId, Text, TrackKind};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// Longest session description. Browsers' offers with a full set of receive slots take 10–20 kB.
const MAX_SDP: usize = 48 * 1024;
/// Most tiles of one `view`: a camera and a screen of each participant.
const MAX_TILES: usize = 64;
/// Most participants of one `lacking`.
const MAX_LACKING: usize = 32;

/// Every message may carry `seq`, which an `error` about it repeats as `re`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ClientMessage {
    /// First message of every socket.
    Join(Join),
    /// A new offer: ICE restart, a rebuilt transport, or the first one if `join` had none.
    Offer {
        #[ts(type = "string")]
        sdp: Text<MAX_SDP>,
    },
    /// Lets a participant from the lobby into the call. Stylist, staff.
    Admit { participant: ParticipantId },
    /// Sends a participant from the call back to the lobby. Stylist, staff.
    SendBack { participant: ParticipantId },
    /// Removes a participant from the call or its lobby. Stylist, staff.
    Remove { participant: ParticipantId },
    /// One's own state: true means that it is sent.
    Mute { audio: bool, video: bool },
    /// Nobody new may come in, or again anybody with a link. Stylist, staff.
    Lock { locked: bool },
    /// Stops what a participant sends, until that one sends it again. Stylist, staff.
    Silence { participant: ParticipantId, kind: TrackKind },
    /// Marks one picture as what the call is about: sharpest, and kept longest. Stylist.
    Subject { participant: Option<ParticipantId> },
    /// One's own screen is shown, or no more. One at a time; a host's takes over.
    Screen { on: bool },
    /// What one's page shows, all of it. What is not named counts as shown 360 pixels high;
    /// what is hidden is named with a height of 0.
    View {
        #[ts(type = "Array<Tile>")]
        tiles: Few<Tile, MAX_TILES>,
    },
    /// Whose camera's picture is shown here and does not arrive, all of them: still pictures will
    /// do instead. `most_bytes`: what this network brings of one in about a second.
    Lacking {
        #[ts(type = "Array<ParticipantId>")]
        pictures: Few<ParticipantId, MAX_LACKING>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        most_bytes: Option<u32>,
    },
    /// One's own network carries no video: still pictures are sent instead, while they are wanted.
    Stills { on: bool },
    /// Takes a snapshot of a participant's picture. Stylist.
    Capture { id: CaptureId, target: ParticipantId },
    /// How far one's own picture of a capture has come; relayed to the hosts.
    CaptureState {
        id: CaptureId,
        source: CaptureSource,
        state: CaptureStage,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional, type = "string")]
        detail: Option<Text<200>>,
    },
    /// What the client sees of its connection.
    Report(Report),
    /// Leaves for good: the seat is given up.
    Leave {},
    /// Ends the call for all. Stylist, staff.
    End {},
    /// At least every `heartbeat_s`; answered by `pong`.
    Ping {},
}

/// Who wants in, by which door, and what it brings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
pub struct Join {
    pub version: u32,
    /// A customer's link token. Exactly one of `link` and `appointment`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub link: Option<Text<512>>,
    /// The appointment's id, for staff who are signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub appointment: Option<Uuid>,
    /// The token of the seat that this client had before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub resume: Option<Text<128>>,
    /// SDP offer, so that media starts after one round trip.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "string")]
    pub offer: Option<Text<MAX_SDP>>,
    /// Is sound sent?
    pub audio: bool,
    /// Is a picture sent?
    pub video: bool,
}

/// A picture as a page shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Tile {
    pub participant: ParticipantId,
    /// `video` or `screen`.
    pub kind: TrackKind,
    /// In the device's own pixels; 0 is hidden.
    pub height: u16,
    /// Chosen by hand: before all that were not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[ts(optional, as = "Option<bool>")]
    pub pinned: bool,
}

/// Which of the two doors `join` named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Door {
    Link(String),
    Appointment(Uuid),
}

impl Join {
    /// `None` when it named none, or both.
    pub fn door(&self) -> Option<Door> {
        match (&self.link, self.appointment) {
            (Some(link), None) => Some(Door::Link(link.as_str().to_owned())),
            (None, Some(appointment)) => Some(Door::Appointment(appointment)),
            _ => None,
        }
    }
}

/// What the client measured since its last report. All optional; fractions are rounded, values
/// beyond reason cut.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Report {
    #[serde(deserialize_with = "figure", skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub round_trip_ms: Option<u16>,
    /// Of what was sent to it, in percent.
    #[serde(deserialize_with = "figure", skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub loss_percent: Option<u16>,
    /// Freezes of the remote picture.
    #[serde(deserialize_with = "figure", skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub freezes: Option<u16>,
    #[serde(deserialize_with = "figure", skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub frames_per_second: Option<u16>,
    /// Of the remote picture.
    #[serde(deserialize_with = "figure", skip_serializing_if = "Option::is_none")]
    #[ts(optional, type = "number")]
    pub height: Option<u16>,
}

/// Any JSON number, as a whole one between 0 and 65,535. (The cast saturates.)
fn figure<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<u16>, D::Error> {
    let figure = Option::<f64>::deserialize(deserializer)?;
    Ok(figure.map(|figure| figure.round() as u16))
}

/// Which picture of a capture: the target's own camera, or what the stylist's screen received.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CaptureSource {
    Camera,
    Received,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CaptureStage {
    Grabbed,
    Uploading,
    Stored,
    Failed,
}

/// A frame that is no message: what to answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ParseError {
    pub code: ErrorCode,
    pub message: String,
    /// The frame's `seq`, where it could still be read.
    pub re: Option<u32>,
}

#[derive(Deserialize)]
struct Head {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    seq: Option<u32>,
}

const TYPES: [&str; 19] = [
    "join",
    "offer",
    "admit",
    "send_back",
    "remove",
    "mute",
    "lock",
    "silence",
    "subject",
    "screen",
    "view",
    "lacking",
    "stills",
    "capture",
    "capture_state",
    "report",
    "leave",
    "end",
    "ping",
];

/// Reads one text frame: its `seq`, if it has one, and the message.
pub fn parse(frame: &str) -> Result<(Option<u32>, ClientMessage), ParseError> {
    if frame.len() > MAX_FRAME {
        let message = format!("a frame has at most {MAX_FRAME} bytes");
        return Err(ParseError { code: ErrorCode::TooLarge, message, re: None });
    }
    let head: Head = serde_json::from_str(frame).map_err(|error| malformed(&error, None))?;
    if !TYPES.contains(&head.kind.as_str()) {
        let message = "no message of this type exists".to_owned();
        return Err(ParseError { code: ErrorCode::UnknownType, message, re: head.seq });
    }
    let message = serde_json::from_str(frame).map_err(|error| malformed(&error, head.seq))?;
    Ok((head.seq, message))
}

/// The parser's words name fields and positions, and could repeat a hostile value: cut short.
fn malformed(error: &serde_json::Error, re: Option<u32>) -> ParseError {
    let message = error.to_string().chars().take(200).collect();
    ParseError { code: ErrorCode::Malformed, message, re }
}
