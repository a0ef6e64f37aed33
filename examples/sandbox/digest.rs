//! A 160-bit fingerprint in 40 hex digits, which looks like an infohash and is as stable as one.
//!
//! It is no cryptographic digest: nothing here needs one.

use std::fmt::Write as _;

/// The fingerprint of `parts`; where one part ends counts too.
pub(crate) fn hash40(parts: &[&[u8]]) -> String {
    let mut hex = String::with_capacity(48);
    for lane in 0..3 {
        let mut state = mix(lane);
        for part in parts {
            for byte in *part {
                state = (state ^ u64::from(*byte)).wrapping_mul(FNV_PRIME);
            }
            state = mix(state ^ part.len() as u64);
        }
        let _ = write!(hex, "{:016x}", mix(state));
    }
    hex.truncate(40);
    hex
}

const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

/// The finaliser of `SplitMix64`: every input bit reaches every output bit.
fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::hash40;

    #[test]
    fn is_forty_hex_digits_and_depends_on_every_part() {
        let hash = hash40(&[b"hls", b"http://a/"]);
        assert_eq!(hash.len(), 40);
        assert!(hash.bytes().all(|b| b.is_ascii_hexdigit()));
        assert_eq!(hash, hash40(&[b"hls", b"http://a/"]));
        assert_ne!(hash, hash40(&[b"hls", b"http://b/"]));
        assert_ne!(hash, hash40(&[b"hlsh", b"ttp://a/"]));
    }
}
