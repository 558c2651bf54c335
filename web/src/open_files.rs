//! Each connection is an open file, of which a service is given 1,024 unless it asks for more
//! (setrlimit(2)). One that has none left can neither take anybody nor open a picture.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::{calls, settings::Settings};

/// The database, pictures that are read and written, the media's UDP sockets, the runtime's own.
const BESIDE_CONNECTIONS: u64 = 512;

/// Asks for as many as the settings may need, and says when that is more than it may have.
pub(crate) fn make_room(settings: &Settings) {
    let connections = settings.connections + calls::media_config(settings).most_tcp_connections();
    let needed = connections as u64 + BESIDE_CONNECTIONS;
    let limit = getrlimit(Resource::Nofile);
    if limit.current.is_none_or(|allowed| allowed >= needed) {
        return;
    }
    let wanted = limit.maximum.map_or(needed, |most| most.min(needed));
    let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(wanted), ..limit });
    if raised.is_err() || wanted < needed {
        tracing::warn!(
            needed,
            allowed = wanted,
            "the system allows too few open files for all connections: raise its hard limit \
             (`LimitNOFILE=` of a systemd unit, `ulimit -Hn`), or lower `connections`"
        );
    }
}
