//! What was probably meant by a word that is none of those that are known.

/// A key counts as a misspelling of a known one up to this many edits.
const MAX_EDITS: usize = 2;

/// The one of these that is nearest to the text, if any is near.
pub(crate) fn nearest<'k>(text: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let text = text.to_lowercase();
    known
        .filter(|known| known.len().abs_diff(text.chars().count()) <= MAX_EDITS)
        .map(|known| (strsim::damerau_levenshtein(known, &text), known))
        .filter(|(edits, _)| *edits <= MAX_EDITS)
        .min_by_key(|(edits, _)| *edits)
        .map(|(_, known)| known)
}
