// Generated from signaling/src/message by `cargo run -p signaling --example protocol_types`.
// Do not edit: a test compares it with its source.

export const PROTOCOL_VERSION = 1;
export const MAX_FRAME_BYTES = 65536;

/** WebSocket close codes: after which may the client resume by itself? */
export const CLOSE_CODES = {
  left: { code: 1000, resumable: false },
  ended: { code: 4000, resumable: false },
  removed: { code: 4001, resumable: false },
  superseded: { code: 4002, resumable: false },
  refused: { code: 4003, resumable: false },
  malformed: { code: 4004, resumable: false },
  join_timeout: { code: 4005, resumable: true },
  silent: { code: 4006, resumable: true },
  slow_reader: { code: 4007, resumable: true },
  server_restarting: { code: 4008, resumable: true },
  internal: { code: 4009, resumable: true },
  rate_limited: { code: 4010, resumable: false },
} as const;

/**
 * Every message may carry `seq`, which an `error` about it repeats as `re`.
 */
export type ClientMessage = { "type": "join" } & Join | { "type": "offer", sdp: string, } | { "type": "admit", participant: ParticipantId, } | { "type": "send_back", participant: ParticipantId, } | { "type": "remove", participant: ParticipantId, } | { "type": "mute", audio: boolean, video: boolean, } | { "type": "lock", locked: boolean, } | { "type": "silence", participant: ParticipantId, kind: TrackKind, } | { "type": "subject", participant: ParticipantId | null, } | { "type": "screen", on: boolean, } | { "type": "view", tiles: Array<Tile>, } | { "type": "lacking", pictures: Array<ParticipantId>, most_bytes?: number, } | { "type": "stills", on: boolean, } | { "type": "capture", id: CaptureId, target: ParticipantId, } | { "type": "capture_state", id: CaptureId, source: CaptureSource, state: CaptureStage, detail?: string, } | { "type": "report" } & Report | { "type": "leave", } | { "type": "end", } | { "type": "ping", };

/**
 * Who wants in, by which door, and what it brings.
 */
export type Join = { version: number, 
/**
 * A customer's link token. Exactly one of `link` and `appointment`.
 */
link?: string, 
/**
 * The appointment's id, for staff who are signed in.
 */
appointment?: string, 
/**
 * The token of the seat that this client had before.
 */
resume?: string, 
/**
 * SDP offer, so that media starts after one round trip.
 */
offer?: string, 
/**
 * Is sound sent?
 */
audio: boolean, 
/**
 * Is a picture sent?
 */
video: boolean, };

/**
 * What the client measured since its last report. All optional; fractions are rounded, values
 * beyond reason cut.
 */
export type Report = { round_trip_ms?: number, 
/**
 * Of what was sent to it, in percent.
 */
loss_percent?: number, 
/**
 * Freezes of the remote picture.
 */
freezes?: number, frames_per_second?: number, 
/**
 * Of the remote picture.
 */
height?: number, };

/**
 * A picture as a page shows it.
 */
export type Tile = { participant: ParticipantId, 
/**
 * `video` or `screen`.
 */
kind: TrackKind, 
/**
 * In the device's own pixels; 0 is hidden.
 */
height: number, 
/**
 * Chosen by hand: before all that were not.
 */
pinned?: boolean, };

/**
 * Which picture of a capture: the target's own camera, or what the stylist's screen received.
 */
export type CaptureSource = "camera" | "received";

export type CaptureStage = "grabbed" | "uploading" | "stored" | "failed";

export type ServerMessage = { "type": "joined" } & Joined | { "type": "call" } & CallView | { "type": "participant" } & ParticipantView | { "type": "gone", id: ParticipantId, reason: GoneReason, } | { "type": "waiting" } & Waiting | { "type": "placed", place: Place, } | { "type": "slots", slots: Array<SlotView>, } | { "type": "more_slots", wanted: number, } | { "type": "publish" } & Publish | { "type": "receiving", participant: ParticipantId, kind: TrackKind, layer: number | null, } | { "type": "stills_wanted", by: Array<ParticipantId>, most_bytes?: number, } | { "type": "still", participant: ParticipantId, age_ms: number, } | { "type": "speaking", participant: ParticipantId, speaking: boolean, } | { "type": "active_speaker", participant: ParticipantId | null, } | { "type": "subject", participant: ParticipantId | null, } | { "type": "locked", locked: boolean, } | { "type": "silenced", kind: TrackKind, by: ParticipantId, } | { "type": "answer", sdp: string, } | { "type": "capture_request", id: CaptureId, by: ParticipantId, } | { "type": "capture_started", id: CaptureId, target: ParticipantId, by: ParticipantId, 
/**
 * Since the call went live.
 */
call_time_ms: number, } | { "type": "capture_state", id: CaptureId, from: ParticipantId, source: CaptureSource, state: CaptureStage, detail?: string, } | { "type": "quality", participant: ParticipantId, uplink: Grade, downlink: Grade, round_trip_ms?: number, 
/**
 * Of the packets on the way, in percent.
 */
uplink_loss_percent?: number, downlink_loss_percent?: number, 
/**
 * Of the sound (RFC 3550).
 */
uplink_jitter_ms?: number, downlink_jitter_ms?: number, 
/**
 * Of sound and pictures.
 */
uplink_kbps?: number, downlink_kbps?: number, 
/**
 * Of the pictures that this participant sees, in the last seconds.
 */
freezes?: number, } | { "type": "ended", reason: EndReason, } | { "type": "error", code: ErrorCode, message: string, re?: number, } | { "type": "pong", };

export type Joined = { version: number, you: You, call: CallView, 
/**
 * Everybody whom you may see, yourself included.
 */
participants: Array<ParticipantView>, 
/**
 * Bring this with your next `join` to get your seat back.
 */
resume: string, 
/**
 * The answer to the offer that came with `join`.
 */
answer?: string, slots: Array<SlotView>, waiting?: Waiting, 
/**
 * Whose picture the call is about; to those in the call.
 */
subject?: ParticipantId, active_speaker?: ParticipantId, locked: boolean, 
/**
 * May your role take snapshots?
 */
may_capture: boolean, 
/**
 * Send a `ping` at least this often.
 */
heartbeat_s: number, 
/**
 * Relays for networks that let nothing else through, for `RTCPeerConnection`'s
 * configuration. Good for some hours.
 */
ice_servers?: Array<IceServer>, };

export type You = { id: ParticipantId, role: Role, name: string, place: Place, };

/**
 * Instants in milliseconds since the Unix epoch, on the server's clock: `now_ms` tells how far
 * the client's own is off.
 */
export type CallView = { id: CallId, state: CallState, now_ms: number, live_since_ms?: number, 
/**
 * When the window closes and the call ends by itself.
 */
ends_at_ms?: number, };

export type ParticipantView = { id: ParticipantId, role: Role, name: string, place: Place, presence: Presence, audio: boolean, video: boolean, 
/**
 * Is a screen shown?
 */
screen?: boolean, 
/**
 * Does this participant's network carry still pictures only?
 */
stills?: boolean, 
/**
 * How long this participant has been in the lobby.
 */
waiting_ms?: number, 
/**
 * Has this participant agreed to snapshots?
 */
may_be_captured: boolean, };

export type Waiting = { ahead: number, };

export type SlotView = { mid: string, participant: ParticipantId, kind: TrackKind, };

/**
 * The layers of one's own tracks that somebody needs.
 */
export type Publish = { 
/**
 * Of the camera, the lowest first.
 */
video: Array<boolean>, screen: boolean, 
/**
 * Yours is the picture that the call is about: detail before motion.
 */
subject: boolean, };

/**
 * As `RTCIceServer` in browsers.
 */
export type IceServer = { urls: Array<string>, username?: string, credential?: string, };

export type Role = "stylist" | "staff" | "customer" | "guest";

export type Place = "lobby" | "call";

export type Presence = "here" | "reconnecting";

/**
 * `scheduled` and `ended` calls cannot be joined, so a socket only ever hears the middle two.
 */
export type CallState = "scheduled" | "open" | "live" | "ended";

export type GoneReason = "left" | "removed" | "lost";

export type EndReason = "ended" | "cancelled" | "moved" | "removed" | "window_closed";

export type TrackKind = "audio" | "video" | "screen";

/**
 * Worst last, so that the worse of two is the greater.
 */
export type Grade = "excellent" | "good" | "poor" | "lost";

/**
 * What a connection's grades come from, as far as it is known.
 */
export type Figures = { round_trip_ms?: number, 
/**
 * Of the packets on the way, in percent.
 */
uplink_loss_percent?: number, downlink_loss_percent?: number, 
/**
 * Of the sound (RFC 3550).
 */
uplink_jitter_ms?: number, downlink_jitter_ms?: number, 
/**
 * Of sound and pictures.
 */
uplink_kbps?: number, downlink_kbps?: number, 
/**
 * Of the pictures that this participant sees, in the last seconds.
 */
freezes?: number, };

/**
 * Why something was refused. The code is for programs and never changes its meaning; the message
 * beside it is for people.
 */
export type ErrorCode = "malformed" | "too_large" | "unknown_type" | "unsupported_version" | "not_joined" | "already_joined" | "forbidden" | "no_such_participant" | "no_such_capture" | "link_invalid" | "too_early" | "too_late" | "cancelled" | "moved" | "ended" | "unsupported_media" | "room_full" | "locked" | "screen_taken" | "overloaded" | "consent_missing" | "capture_exists" | "rate_limited" | "slow_reader" | "timeout" | "server_restarting" | "internal";

/**
 * A call. The product uses its appointment's id.
 */
export type CallId = string;

/**
 * One press of the shutter, and everything that is kept of it. Made by the stylist's client.
 */
export type CaptureId = string;

/**
 * A seat in one call: counted from 1, never given twice within the call.
 */
export type ParticipantId = number;

/** What goes over the wire: errors repeat `seq` as `re`. */
export type ClientFrame = ClientMessage & { seq?: number };
