// The signaling messages, in the shape that signaling/src/message has on the wire.

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

export type ClientMessage =
  | ({ type: "join" } & Join)
  | { type: "offer"; sdp: string }
  | { type: "admit"; participant: ParticipantId }
  | { type: "send_back"; participant: ParticipantId }
  | { type: "remove"; participant: ParticipantId }
  | { type: "mute"; audio: boolean; video: boolean }
  | { type: "capture"; id: CaptureId; target: ParticipantId }
  | { type: "capture_state"; id: CaptureId; source: CaptureSource; state: CaptureStage; detail?: string }
  | ({ type: "report" } & Report)
  | { type: "leave" }
  | { type: "end" }
  | { type: "ping" };
export type Join = {
  version: number;
  link?: string;
  appointment?: string;
  resume?: string;
  offer?: string;
  audio: boolean;
  video: boolean;
};
export type Report = {
  round_trip_ms?: number;
  loss_percent?: number;
  freezes?: number;
  frames_per_second?: number;
  height?: number;
};
export type CaptureSource = "camera" | "received";
export type CaptureStage = "grabbed" | "uploading" | "stored" | "failed";
export type ServerMessage =
  | ({ type: "joined" } & Joined)
  | ({ type: "participant" } & ParticipantView)
  | { type: "gone"; id: ParticipantId; reason: GoneReason }
  | ({ type: "waiting" } & Waiting)
  | { type: "placed"; place: Place }
  | { type: "slots"; slots: SlotView[] }
  | { type: "answer"; sdp: string }
  | { type: "capture_request"; id: CaptureId; by: ParticipantId }
  | { type: "capture_started"; id: CaptureId; target: ParticipantId; by: ParticipantId; call_time_ms: number }
  | {
      type: "capture_state";
      id: CaptureId;
      from: ParticipantId;
      source: CaptureSource;
      state: CaptureStage;
      detail?: string;
    }
  | {
      type: "quality";
      participant: ParticipantId;
      uplink: Grade;
      downlink: Grade;
      round_trip_ms?: number;
      loss_percent?: number;
    }
  | { type: "ended"; reason: EndReason }
  | { type: "error"; code: ErrorCode; message: string; re?: number }
  | { type: "pong" };
export type Joined = {
  version: number;
  you: You;
  call: CallView;
  participants: ParticipantView[];
  resume: string;
  answer?: string;
  slots: SlotView[];
  waiting?: Waiting;
  may_capture: boolean;
  heartbeat_s: number;
};
export type You = { id: ParticipantId; role: Role; name: string; place: Place };
export type CallView = {
  id: CallId;
  state: CallState;
  now_ms: number;
  live_since_ms?: number;
  ends_at_ms?: number;
};
export type ParticipantView = {
  id: ParticipantId;
  role: Role;
  name: string;
  place: Place;
  presence: Presence;
  audio: boolean;
  video: boolean;
  waiting_ms?: number;
  may_be_captured: boolean;
};
export type Waiting = { ahead: number };
export type SlotView = { mid: string; participant: ParticipantId; kind: MediaKind };
export type Role = "stylist" | "staff" | "customer" | "guest";
export type Place = "lobby" | "call";
export type Presence = "here" | "reconnecting";
export type CallState = "scheduled" | "open" | "live" | "ended";
export type GoneReason = "left" | "removed" | "lost";
export type EndReason = "ended" | "cancelled" | "moved" | "removed" | "window_closed";
export type MediaKind = "audio" | "video";
export type Grade = "excellent" | "good" | "poor" | "lost";
export type ErrorCode =
  | "malformed"
  | "too_large"
  | "unknown_type"
  | "unsupported_version"
  | "not_joined"
  | "already_joined"
  | "forbidden"
  | "no_such_participant"
  | "no_such_capture"
  | "link_invalid"
  | "too_early"
  | "too_late"
  | "cancelled"
  | "moved"
  | "ended"
  | "unsupported_media"
  | "room_full"
  | "consent_missing"
  | "capture_exists"
  | "rate_limited"
  | "slow_reader"
  | "timeout"
  | "server_restarting"
  | "internal";
export type CallId = string;
export type CaptureId = string;
export type ParticipantId = number;

/** What goes over the wire: errors repeat `seq` as `re`. */
export type ClientFrame = ClientMessage & { seq?: number };
