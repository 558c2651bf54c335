//! How good each connection is: what the media server measures and what the client sees, put
//! together. All who see a participant hear the grades, the hosts hear what they come from, and both
//! go on the record.

use super::call::Call;
use super::seat::Seat;
use super::step::Step;
use crate::message::{Figures, Grade, ParticipantId, Report, ServerMessage};
use crate::time::UnixMillis;
use std::time::Duration;

/// The hosts hear of other figures at most this often, while the grades stay.
const FIGURES_EVERY: Duration = Duration::from_secs(2);

/// The last known quality of a connection, as the media server and the client see it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measured {
    uplink: Grade,
    downlink: Grade,
    figures: Figures,
    /// The client's own view of what reaches it.
    reported: Figures,
    told: Option<(UnixMillis, (Grade, Grade), Figures)>,
}

impl Call {
    /// What the media server measured.
    pub(super) fn graded(
        &mut self,
        now: UnixMillis,
        id: ParticipantId,
        (uplink, downlink): (Grade, Grade),
        figures: Figures,
        step: &mut Step,
    ) {
        let Some(quality) = self.quality(id) else { return };
        (quality.uplink, quality.downlink, quality.figures) = (uplink, downlink, figures);
        self.measured(now, id, 0, step);
    }

    /// What the client saw.
    pub(super) fn report(
        &mut self,
        now: UnixMillis,
        id: ParticipantId,
        report: &Report,
        step: &mut Step,
    ) {
        let Some(quality) = self.quality(id) else { return };
        quality.reported = figures(report);
        self.measured(now, id, u32::from(report.freezes.unwrap_or(0)), step);
    }

    /// Tells somebody of all whom they see: at first they know nothing.
    pub(super) fn tell_qualities_to(&self, id: ParticipantId, step: &mut Step) {
        let Some(viewer) = self.seats.get(&id) else { return };
        let Some(socket) = viewer.ear() else { return };
        for seat in self.seats.values().filter(|seat| viewer.sees(seat)) {
            if let Some(quality) = &seat.quality {
                step.send(socket, quality.message(seat.id, viewer.is_host()));
            }
        }
    }

    fn quality(&mut self, id: ParticipantId) -> Option<&mut Measured> {
        self.seats.get_mut(&id).map(|seat| seat.quality.get_or_insert_default())
    }

    fn measured(&mut self, now: UnixMillis, id: ParticipantId, freezes: u32, step: &mut Step) {
        let live = self.live_since.is_some();
        let Some(seat) = self.seats.get_mut(&id) else { return };
        let Some(quality) = &mut seat.quality else { return };
        let (grades, figures) = (quality.grades(), quality.all_figures());
        let (news, figures_alone) = quality.is_news(now, grades, figures);
        if news {
            quality.told = Some((now, grades, figures));
        }
        if live && seat.in_call() {
            self.history.note(now, id, grades, Figures { freezes: Some(freezes), ..figures });
        }
        if news {
            self.tell_quality(id, figures_alone, step);
        }
    }

    fn tell_quality(&self, id: ParticipantId, figures_alone: bool, step: &mut Step) {
        let Some(seat) = self.seats.get(&id) else { return };
        let Some(quality) = &seat.quality else { return };
        let (full, plain) = (quality.message(id, true), quality.message(id, false));
        self.tell(|viewer| viewer.is_host() && viewer.sees(seat), &full, step);
        if !figures_alone {
            self.tell(|viewer: &Seat| !viewer.is_host() && viewer.sees(seat), &plain, step);
        }
    }
}

impl Measured {
    /// Up and down; of two views of the way down the worse counts.
    fn grades(&self) -> (Grade, Grade) {
        (self.uplink, self.downlink.max(grade(&self.theirs())))
    }

    /// The worse of two views too, so that the figures say why the grades are what they are.
    fn all_figures(&self) -> Figures {
        let (own, theirs) = (self.figures, self.theirs());
        Figures {
            round_trip_ms: own.round_trip_ms.max(theirs.round_trip_ms),
            downlink_loss_percent: own.downlink_loss_percent.or(theirs.downlink_loss_percent),
            freezes: theirs.freezes,
            ..own
        }
    }

    /// What the client says, as far as it is about its own way. Packets that were lost between
    /// somebody else and the server are missing to the client too, so its losses count only until
    /// the server knows better; and what it said before it was lost is of another time.
    fn theirs(&self) -> Figures {
        if self.downlink == Grade::Lost {
            return Figures::default();
        }
        let knows = self.figures.downlink_loss_percent.is_some();
        let loss = self.reported.downlink_loss_percent.filter(|_| !knows);
        Figures { downlink_loss_percent: loss, ..self.reported }
    }

    /// Whether there is something to tell, and whether it is of the figures alone.
    fn is_news(&self, now: UnixMillis, grades: (Grade, Grade), figures: Figures) -> (bool, bool) {
        let Some((at, told, old)) = self.told else { return (true, false) };
        let due = UnixMillis(now.since(at)) >= UnixMillis(0).plus(FIGURES_EVERY);
        (told != grades || (old != figures && due), told == grades)
    }

    fn message(&self, participant: ParticipantId, to_host: bool) -> ServerMessage {
        let (uplink, downlink) = self.grades();
        let figures = if to_host { self.all_figures() } else { Figures::default() };
        ServerMessage::Quality { participant, uplink, downlink, figures }
    }
}

impl Default for Measured {
    fn default() -> Self {
        Self {
            uplink: Grade::Excellent,
            downlink: Grade::Excellent,
            figures: Figures::default(),
            reported: Figures::default(),
            told: None,
        }
    }
}

/// What a client's figures feel like: ITU-T G.114 puts the limits of easy talk at 300 and 800 ms
/// there and back; a frozen picture is poor whatever the figures say.
fn grade(figures: &Figures) -> Grade {
    let round_trip = figures.round_trip_ms.unwrap_or(0);
    let loss = figures.downlink_loss_percent.unwrap_or(0);
    if round_trip > 800 || loss > 10 || figures.freezes.unwrap_or(0) > 0 {
        Grade::Poor
    } else if round_trip > 300 || loss > 3 {
        Grade::Good
    } else {
        Grade::Excellent
    }
}

fn figures(report: &Report) -> Figures {
    let percent = |loss: u16| u8::try_from(loss.min(100)).unwrap_or(100);
    Figures {
        round_trip_ms: report.round_trip_ms.map(u32::from),
        downlink_loss_percent: report.loss_percent.map(percent),
        freezes: report.freezes.map(u32::from),
        ..Figures::default()
    }
}
