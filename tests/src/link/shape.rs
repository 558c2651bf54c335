//! What one direction of a link does to packets, and how that is written: `delay=50 loss=5`.

use std::str::FromStr;
use std::time::Duration;

/// Without any setting a link is perfect.
#[derive(Clone, Debug, PartialEq)]
pub struct Shape {
    /// One way.
    pub delay: Duration,
    /// At most this much more or less delay, evenly; packets keep their order.
    pub jitter: Duration,
    /// Share of packets lost while the link is in its good state.
    pub loss: f64,
    /// Gilbert–Elliott: the share of packets at which the link turns bad, turns good again, and the
    /// share lost while it is bad.
    pub burst_enter: f64,
    pub burst_leave: f64,
    pub burst_loss: f64,
    /// Bits per second; `None` without limit.
    pub rate: Option<f64>,
    /// What waits for the rate waits this long at most; the rest is dropped.
    pub queue: Duration,
    /// Share of packets that come twice, and that overtake those before them.
    pub duplicate: f64,
    pub reorder: f64,
    pub blocked: Blocked,
    /// UDP ports of the source and of the destination are combined with these by exclusive or: so both
    /// directions together are a NAT, which gives another mapping when they change.
    pub source_ports: u16,
    pub destination_ports: u16,
}

/// What does not pass at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Blocked {
    Nothing,
    Udp,
    Everything,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    #[error("`{0}` is not a setting: write name=value")]
    NoSetting(String),
    #[error("there is no setting `{0}`")]
    Unknown(String),
    #[error("`{0}` is no value for `{1}`")]
    BadValue(String, String),
}

impl Default for Shape {
    fn default() -> Self {
        Self {
            delay: Duration::ZERO,
            jitter: Duration::ZERO,
            loss: 0.0,
            burst_enter: 0.0,
            burst_leave: 1.0,
            burst_loss: 1.0,
            rate: None,
            queue: Duration::from_millis(200),
            duplicate: 0.0,
            reorder: 0.0,
            blocked: Blocked::Nothing,
            source_ports: 0,
            destination_ports: 0,
        }
    }
}

impl Shape {
    /// Changes what `settings` names and leaves the rest: delays in ms, shares in percent, the rate
    /// in kbit/s (0: without limit), `block=nothing|udp|everything`, `source-ports` and
    /// `destination-ports` as numbers. All or nothing is changed.
    pub fn change(&mut self, settings: &str) -> Result<(), ShapeError> {
        let mut changed = self.clone();
        for setting in settings.split_whitespace() {
            let no_setting = || ShapeError::NoSetting(setting.to_owned());
            let (name, value) = setting.split_once('=').ok_or_else(no_setting)?;
            changed.set(name, value)?;
        }
        *self = changed;
        Ok(())
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), ShapeError> {
        let bad = || ShapeError::BadValue(value.to_owned(), name.to_owned());
        let number =
            || value.parse::<f64>().ok().filter(|n| (0.0..=1e7).contains(n)).ok_or_else(bad);
        let time = || Ok(Duration::from_secs_f64(number()? / 1000.0));
        let share =
            || number().map(|n| n / 100.0).and_then(|n| (n <= 1.0).then_some(n).ok_or_else(bad));
        match name {
            "delay" => self.delay = time()?,
            "jitter" => self.jitter = time()?,
            "queue" => self.queue = time()?,
            "loss" => self.loss = share()?,
            "burst-enter" => self.burst_enter = share()?,
            "burst-leave" => self.burst_leave = share()?,
            "burst-loss" => self.burst_loss = share()?,
            "duplicate" => self.duplicate = share()?,
            "reorder" => self.reorder = share()?,
            "rate" => self.rate = Some(number()? * 1000.0).filter(|rate| *rate > 0.0),
            "source-ports" => self.source_ports = value.parse().map_err(|_| bad())?,
            "destination-ports" => self.destination_ports = value.parse().map_err(|_| bad())?,
            "block" => self.blocked = value.parse().map_err(|()| bad())?,
            _ => return Err(ShapeError::Unknown(name.to_owned())),
        }
        Ok(())
    }
}

impl FromStr for Blocked {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        match word {
            "nothing" => Ok(Self::Nothing),
            "udp" => Ok(Self::Udp),
            "everything" => Ok(Self::Everything),
            _ => Err(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_changes_what_it_names() {
        let mut shape = Shape::default();
        shape.change("delay=50 loss=5 rate=300").unwrap();
        shape.change("loss=2.5 block=udp").unwrap();
        assert_eq!(shape.delay, Duration::from_millis(50));
        assert_eq!((shape.loss, shape.rate), (0.025, Some(300_000.0)));
        assert_eq!(shape.blocked, Blocked::Udp);
        shape.change("rate=0").unwrap();
        assert_eq!(shape.rate, None);
    }

    #[test]
    fn a_wrong_line_changes_nothing() {
        let mut shape = Shape::default();
        for line in
            ["loss=5 delay", "delay=1 speed=3", "loss=101", "delay=-1", "delay=NaN", "block=tcp"]
        {
            assert!(shape.change(line).is_err(), "{line}");
            assert_eq!(shape, Shape::default());
        }
    }
}
