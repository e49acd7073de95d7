//! Handlers: the organisation's halls are listed, drawn, imported, exported and deleted.

use actix_web::http::StatusCode;
use actix_web::http::header::{
    CONTENT_DISPOSITION, ContentDisposition, DispositionParam, DispositionType,
};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use serde_json::{Map, Value};

use super::fields::Field;
use super::form::{Fields, value_of};
use super::respond::{private_page, see_other};
use super::session::{Manage, May, Read};
use super::sheet::{self, HallForm, Input, PreviewRow, input};
use super::shell::Shell;
use crate::app::App;
use crate::catalog::organise::EditError;
use crate::catalog::organise::halls::{self, HallDetails};
use crate::seating::hall::{Layout, RowLayout, SectionLayout};
use crate::seating::row_label;
use crate::types::HallId;
use crate::types::json::{self, JsonError};
use crate::web::error::{Error, must_text};
use crate::web::extract;
use crate::web::upload::Upload;
use crate::web::view::assets::{Assets, HALL_EDITOR_SCRIPT};
use crate::web::view::format::Format;

/// Bytes of a file that is imported, as of a body with many of something.
const FILE_MAX: usize = 256 * 1024;

#[derive(Template)]
#[template(path = "admin/halls.html")]
struct HallsPage {
    shell: Shell,
    halls: Vec<Listed>,
    name: Field,
    venue: Field,
    rows: Field,
    seats: Field,
    /// What is wrong with a file.
    import: Vec<String>,
}

/// A hall as it is listed.
struct Listed {
    id: HallId,
    name: String,
    venue: String,
    seats: String,
}

#[derive(Template)]
#[template(path = "admin/hall.html")]
struct HallPage {
    shell: Shell,
    id: HallId,
    version: i32,
    form: HallForm,
    preview: Vec<PreviewRow>,
    /// What the drawing needs, in the order in which it is run.
    scripts: Vec<String>,
}

impl HallsPage {
    async fn of(app: &App, request: &HttpRequest, may: &May<Manage>) -> Result<Self, Error> {
        let format = Format::of(request);
        let halls = halls::list(&app.db, &may.actor()).await?;
        let halls = halls.into_iter().map(|hall| Listed {
            id: hall.id,
            name: hall.name,
            venue: hall.venue,
            seats: format.number(hall.seats),
        });
        Ok(Self {
            shell: Shell::of(request, may, "halls"),
            halls: halls.collect(),
            name: Field::default(),
            venue: Field::default(),
            rows: Field::with("10"),
            seats: Field::with("20"),
            import: Vec::new(),
        })
    }

    fn inputs(&self) -> [Input<'_>; 4] {
        [
            input("name", "halls-name", &self.name),
            input("venue", "halls-venue", &self.venue),
            input("rows", "halls-new-rows", &self.rows),
            input("seats", "halls-new-seats", &self.seats),
        ]
    }

    fn refused(&self) -> Result<HttpResponse, Error> {
        private_page(StatusCode::UNPROCESSABLE_ENTITY, self)
    }
}

impl HallPage {
    fn new(
        request: &HttpRequest,
        may: &May<Manage>,
        (id, version): (HallId, i32),
        form: HallForm,
        layout: &Layout,
    ) -> Self {
        let shell = Shell::of(request, may, "halls");
        let assets = request.app_data::<Data<Assets>>();
        let mut scripts = vec![shell.order_script.clone()];
        scripts.extend_from_slice(&shell.map_scripts[..2]);
        scripts.extend(assets.map(|assets| assets.url(HALL_EDITOR_SCRIPT)));
        Self {
            shell,
            id,
            version,
            form,
            preview: sheet::preview(layout),
            scripts,
        }
    }
}

/// GET /admin/halls
pub async fn list(
    app: Data<App>,
    request: HttpRequest,
    may: May<Manage>,
) -> Result<HttpResponse, Error> {
    let page = HallsPage::of(&app, &request, &may).await?;
    private_page(StatusCode::OK, &page)
}

/// POST /admin/halls: so many rows of so many seats, to begin with.
pub async fn create(
    app: Data<App>,
    request: HttpRequest,
    may: May<Manage>,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let mut page = HallsPage::of(&app, &request, &may).await?;
    page.name = Field::of(&fields, "name");
    page.venue = Field::of(&fields, "venue");
    page.rows = Field::of(&fields, "rows");
    page.seats = Field::of(&fields, "seats");
    let details = HallDetails {
        name: page.name.value.clone(),
        venue: page.venue.value.clone(),
        layout: plain(
            &page.rows.value,
            &page.seats.value,
            page.shell.text("hall-section-first"),
        ),
    };
    match halls::create(&app.db, &may.actor(), &details).await {
        Ok(id) => Ok(see_other(&format!("/admin/halls/{id}?done=hall-saved"))),
        Err(EditError::Invalid(wrong)) => {
            for one in wrong {
                let text = must_text(one.must, Format::of(&request).words);
                match one.pointer.as_str() {
                    "/name" => page.name.refuse(text),
                    "/venue" => page.venue.refuse(text),
                    pointer if pointer.ends_with("seats") => page.seats.refuse(text),
                    _ => page.rows.refuse(text),
                }
            }
            page.refused()
        }
        Err(error) => Err(error.into()),
    }
}

/// Rows that are all alike.
fn plain(rows: &str, seats: &str, section: &str) -> Layout {
    let rows = rows.parse::<i32>().unwrap_or(0).clamp(0, 1_000);
    let row = |row: i32| RowLayout {
        row: row_label(row),
        seats: seats.to_owned(),
        ..RowLayout::default()
    };
    Layout {
        stage: None,
        sections: vec![SectionLayout {
            name: section.to_owned(),
            rows: (1..=rows).map(row).collect(),
            ..SectionLayout::default()
        }],
    }
}

/// POST /admin/halls/import: a file that was exported, here or elsewhere.
pub async fn import(
    app: Data<App>,
    request: HttpRequest,
    may: May<Manage>,
    upload: Upload,
) -> Result<HttpResponse, Error> {
    let words = Format::of(&request).words;
    let mut page = HallsPage::of(&app, &request, &may).await?;
    let content = upload.file(&request)?.unwrap_or_default();
    let made = match read_file(&content) {
        Ok(details) => halls::create(&app.db, &may.actor(), &details).await,
        Err(reason) => {
            page.import = vec![words.text("hall-import-wrong").to_owned(), reason];
            return page.refused();
        }
    };
    match made {
        Ok(id) => Ok(see_other(&format!("/admin/halls/{id}?done=hall-saved"))),
        Err(EditError::Invalid(wrong)) => {
            let said = wrong.into_iter().take(10).map(|one| {
                let pointer = one.pointer;
                format!("{pointer} {}", must_text(one.must, words))
            });
            page.import = said.collect();
            page.refused()
        }
        Err(error) => Err(error.into()),
    }
}

/// A hall of a file: what is known of one that was read as JSON beside what is written of it, is left out.
fn read_file(content: &[u8]) -> Result<HallDetails, String> {
    if content.len() > FILE_MAX {
        return Err(format!("{} > {FILE_MAX}", content.len()));
    }
    let said = |error| match error {
        JsonError::NotJson(reason) => reason,
        JsonError::Misfit { pointer, detail } => format!("{pointer} {detail}"),
    };
    let mut fields: Map<String, Value> = json::read(content).map_err(said)?;
    for name in ["id", "version", "seats", "changed_at"] {
        fields.shift_remove(name);
    }
    let text = serde_json::to_vec(&fields).map_err(|error| error.to_string())?;
    json::read(&text).map_err(said)
}

/// GET /admin/halls/{hall}
pub async fn show(
    app: Data<App>,
    request: HttpRequest,
    may: May<Manage>,
) -> Result<HttpResponse, Error> {
    let id = extract::path_id(&request, "hall", "hall")?;
    let (hall, details) = halls::read(&app.db, &may.actor(), id).await?;
    let form = HallForm::of(&details);
    let page = HallPage::new(&request, &may, (id, hall.version), form, &details.layout);
    private_page(StatusCode::OK, &page)
}

/// POST /admin/halls/{hall}: saved, or only looked at.
pub async fn save(
    app: Data<App>,
    request: HttpRequest,
    may: May<Manage>,
    fields: Fields,
) -> Result<HttpResponse, Error> {
    let id: HallId = extract::path_id(&request, "hall", "hall")?;
    let (by, words) = (may.actor(), Format::of(&request).words);
    let (hall, _) = halls::read(&app.db, &by, id).await?;
    let version = value_of(&fields, "version").and_then(|text| text.parse().ok());
    let version = version.unwrap_or(hall.version);
    let mut form = HallForm::read(&fields);
    let details = form.details(words);
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    let saved = match &details {
        Some(details) if value_of(&fields, "look").is_some() => {
            status = StatusCode::OK;
            halls::check(details).map(|_| version)
        }
        Some(details) => halls::change(&app.db, &by, id, version, details).await,
        None => Err(EditError::Invalid(Vec::new())),
    };
    match saved {
        Ok(_) if status == StatusCode::OK => {}
        Ok(_) => return Ok(see_other(&format!("/admin/halls/{id}?done=hall-saved"))),
        Err(EditError::Invalid(wrong)) => {
            status = StatusCode::UNPROCESSABLE_ENTITY;
            form.refuse(wrong, words);
        }
        Err(EditError::Stale { .. }) => form.alert = Some(words.text("hall-stale").to_owned()),
        Err(error) => return Err(error.into()),
    }
    let layout = details.unwrap_or_default().layout;
    let page = HallPage::new(&request, &may, (id, version), form, &layout);
    private_page(status, &page)
}

/// POST /admin/halls/{hall}/delete
pub async fn delete(
    app: Data<App>,
    request: HttpRequest,
    may: May<Manage>,
) -> Result<HttpResponse, Error> {
    let id = extract::path_id(&request, "hall", "hall")?;
    halls::delete(&app.db, &may.actor(), id).await?;
    Ok(see_other("/admin/halls?done=hall-deleted"))
}

/// GET /admin/halls/{hall}/export: a file that can be imported.
pub async fn export(
    app: Data<App>,
    request: HttpRequest,
    may: May<Read>,
) -> Result<HttpResponse, Error> {
    let id: HallId = extract::path_id(&request, "hall", "hall")?;
    let (_, details) = halls::read(&app.db, &may.actor(), id).await?;
    let disposition = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(format!("hall-{id}.json"))],
    };
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_DISPOSITION, disposition))
        .json(details))
}
