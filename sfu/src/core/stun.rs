//! Just enough of STUN (RFC 8489) to see whom a connectivity check is for. Whether it may is for
//! that transport to verify.

const HEADER: usize = 20;
const BINDING_REQUEST: [u8; 2] = [0x00, 0x01];
const BINDING_SUCCESS: [u8; 2] = [0x01, 0x01];
const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const USERNAME: u16 = 0x0006;

/// The first half of a binding request's user name: the fragment that the addressed transport
/// gave in its answer.
pub fn addressed_fragment(datagram: &[u8]) -> Option<&str> {
    let (header, attributes) = datagram.split_at_checked(HEADER)?;
    if header[..2] != BINDING_REQUEST || header[4..8] != MAGIC_COOKIE {
        return None;
    }
    let user = std::str::from_utf8(attribute(attributes, USERNAME)?).ok()?;
    user.split_once(':').map(|(fragment, _)| fragment)
}

/// Whether it says that a connectivity check of ours was answered.
pub fn is_success(datagram: &[u8]) -> bool {
    datagram.starts_with(&BINDING_SUCCESS)
}

fn attribute(mut attributes: &[u8], wanted: u16) -> Option<&[u8]> {
    loop {
        let (head, rest) = attributes.split_at_checked(4)?;
        let kind = u16::from_be_bytes([head[0], head[1]]);
        let length = usize::from(u16::from_be_bytes([head[2], head[3]]));
        if kind == wanted {
            return rest.get(..length);
        }
        attributes = rest.get(length.next_multiple_of(4)..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(user: &[u8]) -> Vec<u8> {
        let mut datagram = vec![0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42];
        datagram.extend([7; 12]);
        datagram.extend([0x80, 0x22, 0, 3, b'a', b'b', b'c', 0]);
        datagram.extend([0, 6, 0, user.len() as u8]);
        datagram.extend(user);
        datagram.resize(datagram.len().next_multiple_of(4), 0);
        datagram
    }

    #[test]
    fn the_fragment_before_the_colon_names_the_transport() {
        assert_eq!(addressed_fragment(&request(b"local:remote")), Some("local"));
    }

    #[test]
    fn what_names_nobody_is_nobody() {
        assert_eq!(addressed_fragment(&request(b"no-colon")), None);
        assert_eq!(addressed_fragment(&request(b"\xff\xfe:remote")), None);
        assert_eq!(addressed_fragment(&[0; 20]), None);
        let whole = request(b"local:remote");
        assert!((0..40).all(|length| addressed_fragment(&whole[..length]).is_none()));
    }
}
