//! What there is under which path.

use std::sync::Arc;

use axum::{
    Router,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, StatusCode, header},
    middleware::from_fn_with_state,
    response::{Html, IntoResponse},
    routing::{MethodRouter, get, post},
};

use super::{Page, Refusal, asked::language, check::check, guard::guard};
use crate::{clock::Machine, report::Start};

/// The description of this interface for other programs, in OpenAPI. It is written by hand, and held against
/// what there is: it has one path that matters, for which a crate that makes it from types would be more to
/// read.
const DESCRIPTION: &str = include_str!("openapi.json");

/// Everything that is answered.
pub(super) fn router(page: Arc<Page>) -> Router {
    let router = routes().into_iter().fold(Router::new(), |router, (path, method)| router.route(path, method));
    let nothing =
        || async { Refusal::new(StatusCode::NOT_FOUND, "there is nothing here: /, /check and /openapi.json are all") };
    router
        .fallback(nothing)
        // Bounds of its own are kept where something is read.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(Arc::clone(&page), guard))
        .with_state(page)
}

fn routes() -> [(&'static str, MethodRouter<Arc<Page>>); 3] {
    [("/", get(start)), ("/check", post(check)), ("/openapi.json", get(description))]
}

async fn start(State(page): State<Arc<Page>>, headers: HeaderMap) -> Result<impl IntoResponse, Refusal> {
    let start = Start {
        references: &page.judge.references(),
        language: language(&headers),
        most: page.bounds.upload,
        now: Machine::default().now(),
    };
    let text = start.page().map_err(|error| Refusal::trouble(format!("the page cannot be written: {error}")))?;
    Ok(([(header::VARY, "Accept-Language")], Html(text)))
}

async fn description() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], DESCRIPTION)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use clap::ValueEnum as _;
    use serde_json::Value;

    use super::*;
    use crate::{
        page::asked::media_type,
        report::Format,
        results::{Question, Strictness},
    };

    /// The words of an option.
    fn values<T: clap::ValueEnum>() -> BTreeSet<String> {
        let values = T::value_variants().iter().filter_map(T::to_possible_value);
        values.map(|value| value.get_name().to_owned()).collect()
    }

    #[test]
    fn the_description_tells_of_every_path_option_and_format() {
        let description: Value = serde_json::from_str(DESCRIPTION).unwrap();
        let paths: BTreeSet<&str> = description["paths"].as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(paths, routes().iter().map(|(path, _)| *path).collect());
        assert_eq!(description["info"]["version"], env!("CARGO_PKG_VERSION"));

        let check = &description["paths"]["/check"]["post"];
        let parameters = check["parameters"].as_array().unwrap();
        let words = |name: &str| -> BTreeSet<String> {
            let parameter = parameters.iter().find(|it| it["name"] == name).unwrap();
            let schema = &parameter["schema"];
            let words = schema["enum"].as_array().or(schema["items"]["enum"].as_array()).unwrap();
            words.iter().map(|word| word.as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(words("format"), values::<Format>());
        assert_eq!(words("require"), values::<Question>());
        assert_eq!(words("strict"), values::<Strictness>());
        for parameter in parameters {
            let name = parameter["name"].as_str().unwrap();
            let words = crate::page::Asked::of([(name, "?")]).err().map(|it| it.to_string()).unwrap_or_default();
            assert!(!words.contains("there is no option"), "{name}");
        }
        let sent: BTreeSet<&str> =
            check["responses"]["200"]["content"].as_object().unwrap().keys().map(String::as_str).collect();
        let types = Format::value_variants().iter().map(|format| media_type(*format).split(';').next().unwrap());
        assert_eq!(sent, types.collect());
    }
}
