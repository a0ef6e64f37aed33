//! MPEG-TS that any demultiplexer accepts: PAT and PMT with their checksums, a clock, continuous
//! counters, and a private stream as payload.

/// The size of every packet.
pub(crate) const PACKET: usize = 188;

const PAT_PID: u16 = 0;
const PMT_PID: u16 = 0x1000;
const DATA_PID: u16 = 0x0100;
/// Tables come again after so many packets.
const TABLES_EVERY: u64 = 64;
/// A PES packet begins after so many packets, with the clock.
const PES_EVERY: u64 = 16;
const CLOCK_HZ: u64 = 27_000_000;

/// A stream of packets.
pub(crate) struct Packets {
    /// Bytes a second, for the clock.
    rate: u64,
    /// The number of packets on the clock before the first one here.
    before: u64,
    /// How many have been made here.
    made: u64,
    counters: Counters,
}

#[derive(Default)]
struct Counters {
    pat: u8,
    pmt: u8,
    data: u8,
}

impl Packets {
    pub(crate) fn new(rate: u64) -> Self {
        Self { rate: rate.max(1), before: 0, made: 0, counters: Counters::default() }
    }

    /// Segment `number` of a stream that is cut into segments of `count` packets each. It begins with
    /// its tables, and its clock and counters go on where the segment before it ended.
    pub(crate) fn segment(rate: u64, number: u32, count: u64) -> Self {
        let number = u64::from(number);
        let after = |each: u64| u8::try_from(number * each % 16).unwrap_or(0);
        let first = count.div_ceil(TABLES_EVERY);
        let second = count.saturating_sub(1).div_ceil(TABLES_EVERY);
        let counters =
            Counters { pat: after(first), pmt: after(second), data: after(count - first - second) };
        Self { before: number * count, counters, ..Self::new(rate) }
    }

    /// Appends the next packet.
    pub(crate) fn append(&mut self, out: &mut Vec<u8>) {
        let start = out.len();
        match self.made % TABLES_EVERY {
            0 => section(out, PAT_PID, next(&mut self.counters.pat), &pat()),
            1 => section(out, PMT_PID, next(&mut self.counters.pmt), &pmt()),
            at if at % PES_EVERY == 2 => self.pes_start(out),
            _ => header(out, DATA_PID, false, 0x10, next(&mut self.counters.data)),
        }
        out.resize(start + PACKET, 0xff);
        self.made += 1;
    }

    /// A packet with the clock and the beginning of a PES packet of unbounded length.
    fn pes_start(&mut self, out: &mut Vec<u8>) {
        header(out, DATA_PID, true, 0x30, next(&mut self.counters.data));
        let ticks = (self.before + self.made) * PACKET as u64 * (CLOCK_HZ / 1000) / self.rate * 1000;
        let (base, extension) = ((ticks / 300) & 0x1_ffff_ffff, ticks % 300);
        out.extend([7, 0x10]);
        let clock = base << 15 | 0x7e00 | extension;
        out.extend_from_slice(&clock.to_be_bytes()[2..]);
        // private_stream_1, no length, no time stamps.
        out.extend([0, 0, 1, 0xbd, 0, 0, 0x80, 0, 0]);
    }
}

fn next(counter: &mut u8) -> u8 {
    let now = *counter;
    *counter = (now + 1) & 0x0f;
    now
}

/// `control`: 0x10 payload only, 0x30 an adaptation field before it.
fn header(out: &mut Vec<u8>, pid: u16, starts: bool, control: u8, counter: u8) {
    let [high, low] = pid.to_be_bytes();
    out.extend([0x47, high | u8::from(starts) << 6, low, control | counter]);
}

fn section(out: &mut Vec<u8>, pid: u16, counter: u8, table: &[u8]) {
    header(out, pid, true, 0x10, counter);
    out.push(0);
    out.extend_from_slice(table);
    out.extend(crc32(table).to_be_bytes());
}

/// One programme, number 1.
fn pat() -> Vec<u8> {
    let [high, low] = PMT_PID.to_be_bytes();
    table(0, &[0, 1, 0xe0 | high, low])
}

/// One stream of private data, which carries the clock.
fn pmt() -> Vec<u8> {
    let [high, low] = DATA_PID.to_be_bytes();
    table(2, &[0xe0 | high, low, 0xf0, 0, 0x06, 0xe0 | high, low, 0xf0, 0])
}

/// A section up to its checksum: id 1, version 0, current, the only one.
fn table(id: u8, body: &[u8]) -> Vec<u8> {
    const AFTER_LENGTH: usize = 5;
    const CHECKSUM: usize = 4;
    let length = u8::try_from(AFTER_LENGTH + body.len() + CHECKSUM).unwrap_or(u8::MAX);
    let mut bytes = vec![id, 0xb0, length, 0, 1, 0xc1, 0, 0];
    bytes.extend_from_slice(body);
    bytes
}

/// CRC-32/MPEG-2, as tables have it.
fn crc32(bytes: &[u8]) -> u32 {
    bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte) << 24, |crc, _| {
            if crc & 1 << 31 == 0 { crc << 1 } else { crc << 1 ^ 0x04c1_1db7 }
        })
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{DATA_PID, PACKET, PAT_PID, PMT_PID, Packets, crc32};

    fn make(packets: &mut Packets, count: u64) -> Vec<u8> {
        let mut out = Vec::new();
        (0..count).for_each(|_| packets.append(&mut out));
        out
    }

    #[test]
    fn the_checksum_is_the_one_of_the_standard() {
        assert_eq!(crc32(b"123456789"), 0x0376_e6e7);
    }

    fn pid(packet: &[u8]) -> u16 {
        u16::from_be_bytes([packet[1] & 0x1f, packet[2]])
    }

    #[track_caller]
    fn check_continuous(bytes: &[u8]) {
        let mut last: BTreeMap<u16, u8> = BTreeMap::new();
        for packet in bytes.chunks(PACKET) {
            assert_eq!((packet.len(), packet[0]), (PACKET, 0x47));
            let counter = packet[3] & 0x0f;
            if let Some(before) = last.insert(pid(packet), counter) {
                assert_eq!(counter, (before + 1) & 0x0f, "pid {:#x}", pid(packet));
            }
        }
        assert_eq!(last.keys().copied().collect::<Vec<_>>(), [PAT_PID, DATA_PID, PMT_PID]);
    }

    #[test]
    fn every_packet_is_in_sync_and_continuous() {
        check_continuous(&make(&mut Packets::new(50_000), 2000));
    }

    #[test]
    fn tables_carry_their_checksum() {
        for packet in make(&mut Packets::new(50_000), 2).chunks(PACKET) {
            let length = 3 + usize::from(packet[7]);
            assert_eq!(crc32(&packet[5..5 + length]), 0, "a section with its own checksum gives zero");
        }
    }

    #[test]
    fn segments_join_without_a_gap() {
        let mut all = Vec::new();
        for number in 0..40 {
            let segment = make(&mut Packets::segment(50_000, number, 266), 266);
            assert_eq!(pid(&segment), PAT_PID, "each begins with its tables");
            all.extend(segment);
        }
        check_continuous(&all);
    }

    #[test]
    fn the_clock_runs_at_the_rate() {
        let bytes = make(&mut Packets::new(188_000), 1500);
        let clocks: Vec<u64> = bytes
            .chunks(PACKET)
            .filter(|packet| packet[3] & 0x30 == 0x30)
            .map(|packet| packet[6..11].iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)) >> 7)
            .collect();
        // 16 packets of 188 bytes at 188,000 bytes a second: 16 ms of 90 kHz.
        assert_eq!(clocks[1] - clocks[0], 16 * 90);
    }
}
