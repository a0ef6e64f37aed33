//! A problem of the config, drawn with the line that it is about.

use acecast_config::Problem;
use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};
use anstream::adapter::strip_str;

/// The problem for people, without a line end. Its texts are clean: the config crate has seen to that.
pub(super) fn draw(problem: &Problem) -> String {
    let Problem { source, at, message, snippet, .. } = problem;
    let level = if problem.is_error() { Level::ERROR } else { Level::WARNING };
    let Some(at) = at else {
        let title = level.primary_title(format!("{source}: {message}"));
        return render(title.elements(std::iter::empty::<Origin<'_>>()));
    };
    let path = path_of(problem);
    let title = if path.is_empty() { message.clone() } else { format!("{path}: {message}") };
    // The snippet is a part of its line, so the place in the line has to be said apart from it.
    let origin = Origin::path(source).line(at.line).char_column(at.column);
    let group = level.primary_title(title).element(origin);
    let Some(snippet) = snippet else { return render(group) };
    let byte = |char: usize| snippet.text.char_indices().nth(char).map_or(snippet.text.len(), |(at, _)| at);
    let meant = byte(snippet.highlight.start)..byte(snippet.highlight.end);
    let shown =
        Snippet::source(&snippet.text).line_start(at.line).annotation(AnnotationKind::Primary.span(meant));
    render(group.element(shown))
}

/// The problem for people in one line, without its severity.
pub(super) fn line(problem: &Problem) -> String {
    let mut named = problem.clone();
    named.path = path_of(problem);
    named.to_string()
}

/// The path in the document, and whose entry that is: nobody counts entries.
fn path_of(problem: &Problem) -> String {
    match &problem.entry {
        Some(entry) if !problem.path.is_empty() => format!("{} ({entry})", problem.path),
        _ => problem.path.clone(),
    }
}

fn render(group: annotate_snippets::Group<'_>) -> String {
    let drawn = Renderer::styled().render(&[group]);
    // The snippet has no name of its own, and the renderer draws a line for the name all the same.
    let is_nameless = |line: &&str| strip_str(line).to_string().trim() == ":::";
    drawn.lines().filter(|line| !is_nameless(line)).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use acecast_config::{At, Severity, Snippet};

    #[track_caller]
    fn check(problem: &Problem, expected: &str) {
        assert_eq!(strip_str(&draw(problem)).to_string(), expected);
    }

    fn problem() -> Problem {
        let message = "found \"é\", expected a number";
        let mut problem = Problem::new(Severity::Error, "config/nodes.json", message);
        problem.at = Some(At { line: 3, column: 30 });
        problem.path = "[0].bitrate".to_owned();
        problem.entry = Some("news, port 8640".to_owned());
        problem.snippet = Some(Snippet::new("\"title\": \"é\", \"bitrate\": \"é\"", 25..28));
        problem
    }

    #[test]
    fn the_place_is_that_in_the_file_and_the_mark_under_what_is_meant() {
        check(
            &problem(),
            "\
error: [0].bitrate (news, port 8640): found \"é\", expected a number
 --> config/nodes.json:3:30
  |
3 | \"title\": \"é\", \"bitrate\": \"é\"
  |                          ^^^",
        );
    }

    #[test]
    fn a_line_has_everything_but_the_snippet() {
        assert_eq!(
            line(&problem()),
            "config/nodes.json:3:30: [0].bitrate (news, port 8640): found \"é\", expected a number"
        );
    }

    #[test]
    fn a_place_without_a_line_and_no_place_at_all() {
        let message = "found \"é\", expected a number";
        let mut bare = Problem::new(Severity::Warning, "config/nodes.json", message);
        check(&bare, "warning: config/nodes.json: found \"é\", expected a number");
        bare.at = Some(At { line: 3, column: 30 });
        check(&bare, "warning: found \"é\", expected a number\n--> config/nodes.json:3:30");
    }
}
