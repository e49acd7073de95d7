//! Exports as answers, for pages and for programs alike.

use std::sync::Arc;

use actix_files::NamedFile;
use actix_web::http::header::{
    CONTENT_DISPOSITION, ContentDisposition, DispositionParam, DispositionType,
};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use futures::TryStreamExt;

use super::error::Error;
use super::extract;
use crate::app::App;
use crate::catalog::Event;
use crate::report::export::{Format, What};

/// The file that the path names as `{file}`, of this event; `mark` if a CSV file is to begin with a byte order mark.
///
/// # Errors
/// 404 if there is no such file, 422 if a spreadsheet cannot have as many rows, 503 if too many are being written.
pub async fn answer(
    app: &App,
    request: &HttpRequest,
    event: Arc<Event>,
    mark: bool,
) -> Result<HttpResponse, Error> {
    let file: String = extract::path_id(request, "file", "file")?;
    let (what, format) = asked(&file, mark).ok_or_else(|| Error::not_found("file"))?;
    send(app, request, event, what, format).await
}

/// What a file's name asks for.
fn asked(file: &str, mark: bool) -> Option<(What, Format)> {
    let (what, extension) = file.split_once('.')?;
    let what = What::ALL.into_iter().find(|it| it.as_str() == what)?;
    let formats = [Format::Csv { mark }, Format::JsonLines, Format::Xlsx];
    let format = formats.into_iter().find(|it| it.extension() == extension)?;
    Some((what, format))
}

async fn send(
    app: &App,
    request: &HttpRequest,
    event: Arc<Event>,
    what: What,
    format: Format,
) -> Result<HttpResponse, Error> {
    let name = format!("{}-{}.{}", what.as_str(), event.address, format.extension());
    let disposition = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(name.clone())],
    };
    if format == Format::Xlsx {
        let file = app.reports.export_sheet(event, what).await?;
        let file = NamedFile::from_file(file, name).map_err(|error| Error::defect(&error))?;
        let file = file.use_etag(false).use_last_modified(false);
        let file = file.set_content_disposition(disposition);
        return Ok(file.into_response(request));
    }
    let pieces = app.reports.export(event, what, format)?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_DISPOSITION, disposition))
        .content_type(format.media_type())
        .streaming(pieces.map_ok(Bytes::from)))
}
