//! Which streams' backups are to be made, and what they are to hold.
//!
//! One idea: a backup only gets better. It never loses a key, a number never sinks, and what it has of the stream's
//! other kind stays in it.

use std::collections::{BTreeMap, BTreeSet};

use acecast_config::{Backup, Metadata};
use acecast_engine::metadata::{Inventory, StreamFiles, Verdict, against};
use acecast_reconcile::{SourceKind, StreamUid};
use acecast_telemetry::{Body, StreamMetadata, Ts, metadata_document};

use super::cure::Cure;
use super::shown::{Outcome, StreamResult};

/// What is known of a stream's backup.
pub(super) enum There {
    /// There is none.
    Nothing,
    /// This.
    Backup(Backup),
    /// Something that is no whole backup, for this reason.
    Broken(String),
    /// It may be a good one, and cannot be read for this reason.
    Unreadable(String),
}

/// Where backups are kept.
pub(super) struct Target<'a> {
    /// Looks at the backup of a stream.
    pub(super) look: &'a dyn Fn(&StreamUid) -> There,
    /// What the backup of a stream is called.
    pub(super) name: &'a dyn Fn(&StreamUid) -> String,
    /// What is replaced there is not lost.
    pub(super) keeps_old: bool,
    /// A backup that could not be better is made, too: who tells of the backups may be another server than the one
    /// that takes them.
    pub(super) again: bool,
}

/// One stream's backup that is to be made.
pub(super) struct Job<'a> {
    pub(super) uid: &'a StreamUid,
    /// What it is to hold, by the kind of each.
    metadata: BTreeMap<SourceKind, Metadata>,
    /// Those parts of it that come from here.
    streams: Vec<&'a StreamFiles>,
    /// What is there now holds something that the new one does not.
    pub(super) loses: bool,
}

impl<'a> Job<'a> {
    /// The same for all parts that come from here.
    pub(super) fn results(&self, outcome: Outcome, error: Option<&str>) -> Vec<StreamResult> {
        let result = |stream: &&'a StreamFiles| {
            let result = StreamResult::of(stream, outcome, error.map(str::to_owned));
            if outcome.is_good() { result.holding(&self.metadata[&stream.kind()]) } else { result }
        };
        self.streams.iter().map(result).collect()
    }

    /// The streams' backups as one document.
    pub(super) fn document(jobs: &[Job<'_>]) -> Body {
        // What is sent has texts for names.
        let of_job = |job: &Job<'_>| job.metadata.values().find_map(named);
        let hls: Vec<Option<BTreeMap<String, u64>>> = jobs.iter().map(of_job).collect();
        metadata_document(jobs.iter().zip(&hls).map(|(job, hls)| {
            let mut parts = StreamMetadata::default();
            for metadata in job.metadata.values() {
                match metadata {
                    Metadata::Ts { last_seq, private_key } => {
                        parts.ts = Some(Ts { last_seq: *last_seq, private_key: private_key.reveal() });
                    }
                    Metadata::Hls { .. } => parts.hls = hls.as_ref(),
                }
            }
            (job.uid.as_str(), parts)
        }))
    }
}

/// The numbers of a HLS stream by the texts of their names.
fn named(metadata: &Metadata) -> Option<BTreeMap<String, u64>> {
    let Metadata::Hls { sequences } = metadata else { return None };
    Some(sequences.iter().map(|(name, number)| (name.to_string(), *number)).collect())
}

/// Looks at every stream: the backups that are to be made, and what became of the streams that are in none of them.
pub(super) fn sort_out<'a>(
    inventory: &'a Inventory,
    target: &Target<'_>,
    replace: &BTreeSet<StreamUid>,
) -> (Vec<Job<'a>>, Vec<StreamResult>) {
    let (mut jobs, mut results) = (Vec::new(), Vec::new());
    // They come in the order of their uids.
    for streams in inventory.streams.chunk_by(|a, b| a.uid == b.uid) {
        let mut sorting = Sorting { target, replace: replace.contains(&streams[0].uid), there: None };
        let mut job =
            Job { uid: &streams[0].uid, metadata: BTreeMap::new(), streams: Vec::new(), loses: false };
        results.extend(streams.iter().filter_map(|stream| sorting.one(stream, &mut job)));
        if !job.streams.is_empty() {
            sorting.keep_the_rest(&mut job);
            jobs.push(job);
        }
    }
    (jobs, results)
}

/// One stream, in both of its kinds.
struct Sorting<'t> {
    target: &'t Target<'t>,
    /// Its backup may be replaced by another key.
    replace: bool,
    /// Its backup, once it was looked at.
    there: Option<There>,
}

impl Sorting<'_> {
    /// Adds to the backup what is here; what became of it if that cannot be.
    fn one<'a>(&mut self, stream: &'a StreamFiles, job: &mut Job<'a>) -> Option<StreamResult> {
        let left = |outcome, error: String| Some(StreamResult::of(stream, outcome, Some(error)));
        let local = match stream.whole() {
            Ok(local) => local,
            Err(troubles) => {
                let error = troubles.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
                let result = StreamResult::of(stream, Outcome::LeftOut, Some(error));
                return Some(result.cured_by(Cure::of(&troubles)));
            }
        };
        let uid = &stream.uid;
        let name = || (self.target.name)(uid);
        let backup = match self.there.get_or_insert_with(|| (self.target.look)(uid)) {
            There::Unreadable(why) => return left(Outcome::Failed, why.clone()),
            There::Broken(why) if !self.target.keeps_old && !self.replace => {
                let error = format!(
                    "{} cannot be used ({why}), so it is not known whose key it has; to overwrite it, use \
                     --replace-key {uid}",
                    name()
                );
                return left(Outcome::Refused, error);
            }
            There::Broken(_) => {
                job.loses = true;
                None
            }
            There::Backup(backup) => backup.of(stream.kind()),
            There::Nothing => None,
        };
        let metadata = match backup.map(|backup| (against(&local, backup), backup)) {
            None => local,
            Some((Verdict::Send(merged), _)) => merged,
            Some((Verdict::Unchanged, backup)) if self.target.again => backup.clone(),
            Some((Verdict::Unchanged, backup)) => {
                return Some(StreamResult::of(stream, Outcome::Unchanged, None).holding(backup));
            }
            Some((Verdict::BackupDamaged { instead, .. }, _)) if self.target.keeps_old || self.replace => {
                job.loses = true;
                instead
            }
            Some((Verdict::BackupDamaged { damage, .. }, _)) => {
                let error = format!(
                    "{} has a damaged key ({damage}), so it is not known whose it is; to overwrite it, use \
                     --replace-key {uid}",
                    name()
                );
                return left(Outcome::Refused, error);
            }
            Some((Verdict::OtherKey { .. }, _)) if self.replace => {
                job.loses = true;
                local
            }
            Some((Verdict::OtherKey { local, backup }, _)) => {
                let error = format!(
                    "{} has another key (SHA-256 {backup}) than this host (SHA-256 {local}); if this host's is the \
                     right one, use --replace-key {uid}",
                    name()
                );
                return left(Outcome::Refused, error);
            }
            Some((Verdict::LocalDamaged(damage), _)) => {
                let result = StreamResult::of(stream, Outcome::LeftOut, Some(damage.to_string()));
                return Some(result.cured_by(Some(Cure::Restore)));
            }
            Some(_) => return left(Outcome::LeftOut, "it is not whole".to_owned()),
        };
        job.metadata.insert(stream.kind(), metadata);
        job.streams.push(stream);
        None
    }

    /// What the backup has of the stream's other kind stays in it: of all that is there, a document may be the last.
    fn keep_the_rest(&self, job: &mut Job<'_>) {
        if let Some(There::Backup(backup)) = &self.there {
            for metadata in backup.metadata() {
                job.metadata.entry(metadata.kind()).or_insert_with(|| metadata.clone());
            }
        }
    }
}
