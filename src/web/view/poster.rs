//! The picture of an event that is shown where its page is shared: 1200 by 630 pixels, a ticket with the event's name,
//! date and place beside its picture.
//!
//! What must hold: it shows nothing of a reader; no text is drawn as boxes: what no font has is left out. Drawing
//! takes a processor for up to a tenth of a second, so [`Posters`] draws one at a time, off the threads that serve, keeps a
//! bounded number of bytes, and refuses those for whom too many wait.

mod fonts;
mod lines;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use actix_web::web::Bytes;
use askama::Template;
use data_encoding::{BASE64, HEXLOWER};
use moka::policy::EvictionPolicy;
use moka::sync::Cache;
use resvg::tiny_skia::{Pixmap, Transform};
use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;

use super::artwork::Artwork;
use crate::web::error::Error;
use fonts::Fonts;
use lines::{Line, set};

/// Width and height in pixels: what the large cards of social networks show whole.
pub const WIDTH: u32 = 1200;
/// See [`WIDTH`].
pub const HEIGHT: u32 = 630;

/// Bytes of pictures that are kept at most.
const KEPT_BYTES: u64 = 8 * 1024 * 1024;
/// Pictures that wait to be drawn at most.
const WAITING_MAX: usize = 32;
/// Changes when the same event is to be drawn in another way.
const RECIPE: &str = "2";
/// Where the event's picture begins if there is text beside it.
const PICTURE_LEFT: i32 = 760;
/// The sizes of the name, of which the first is taken in which it fits, and the height that it has.
const NAME_SIZES: [i32; 6] = [96, 84, 72, 60, 50, 42];
const NAME_HEIGHT: i32 = 330;
/// The height of a line at the foot.
const FOOT_HEIGHT: i32 = 44;
/// Where the text stands.
const TEXT_LEFT: i32 = 72;
const TEXT_WIDTH: f32 = 620.0;

/// What is drawn.
#[derive(Debug, Clone)]
pub struct Subject {
    /// What the shop is called.
    pub shop: String,
    /// The event's name.
    pub name: String,
    /// Date and time in the venue's zone.
    pub when: String,
    /// The venue's name.
    pub venue: String,
    /// The city.
    pub city: String,
    /// The event's drawing.
    pub artwork: Arc<Artwork>,
    /// The file of its picture, which is shown instead.
    pub picture: Option<PathBuf>,
}

impl Subject {
    /// Names what is drawn: another subject has another version.
    pub fn version(&self) -> String {
        let picture = self.picture.as_ref().and_then(|file| file.file_name());
        let picture = picture.and_then(|name| name.to_str());
        let artwork = self.artwork.to_string();
        let parts = [
            RECIPE,
            &self.shop,
            &self.name,
            &self.when,
            &self.venue,
            &self.city,
            picture.unwrap_or(&artwork),
        ];
        let hash = parts.iter().fold(Sha256::new(), |hash, part| {
            hash.chain_update(part).chain_update([0])
        });
        HEXLOWER.encode(&hash.finalize()[..8])
    }
}

/// Draws pictures, and keeps what is asked for again.
pub struct Posters {
    fonts: Arc<Fonts>,
    kept: Cache<String, Bytes>,
    turn: Arc<Semaphore>,
    waiting: Semaphore,
}

impl Posters {
    /// With the TrueType fonts of `fonts` in this directory of static files; without any it draws no text.
    pub fn new(static_dir: &Path) -> Self {
        let kept = Cache::builder()
            .max_capacity(KEPT_BYTES)
            .weigher(|_, png: &Bytes| u32::try_from(png.len()).unwrap_or(u32::MAX))
            .eviction_policy(EvictionPolicy::lru());
        Self {
            fonts: Arc::new(Fonts::open(&static_dir.join("fonts"))),
            kept: kept.build(),
            turn: Arc::new(Semaphore::new(1)),
            waiting: Semaphore::new(WAITING_MAX),
        }
    }

    /// The picture as a PNG.
    ///
    /// # Errors
    /// 503 with `overloaded` if too many wait.
    pub async fn draw(&self, subject: Subject) -> Result<Bytes, Error> {
        let version = subject.version();
        if let Some(kept) = self.kept.get(&version) {
            return Ok(kept);
        }
        let waits = self.waiting.try_acquire();
        let _waits = waits.map_err(|_| Error::too_many_pictures())?;
        let turn = self.turn.clone().acquire_owned().await;
        let turn = turn.map_err(|_| Error::too_many_pictures())?;
        // Another request may have had it drawn meanwhile.
        if let Some(kept) = self.kept.get(&version) {
            return Ok(kept);
        }
        let (fonts, kept) = (self.fonts.clone(), self.kept.clone());
        // To its end, and alone, also if whoever asked goes away.
        let drawn = tokio::task::spawn_blocking(move || {
            let _turn = turn;
            let png = Bytes::from(draw(&fonts, &subject)?);
            kept.insert(version, png.clone());
            Ok(png)
        });
        drawn.await?
    }
}

/// The picture as SVG.
#[derive(Template)]
#[template(path = "poster.svg")]
struct Poster<'s> {
    /// Of the text; without it there is none.
    family: Option<&'static str>,
    /// What the shop is called.
    shop: Option<Line>,
    lines: Vec<Line>,
    /// Where the text ends and the event's picture begins.
    left: i32,
    artwork: &'s Artwork,
    /// The picture as a `data:` address.
    picture: Option<String>,
}

fn draw(fonts: &Fonts, subject: &Subject) -> Result<Vec<u8>, Error> {
    let (mut lines, name) = (Vec::new(), &subject.name);
    lines.extend(set(fonts, name, &NAME_SIZES, NAME_HEIGHT, TEXT_WIDTH, 700));
    let name_size = lines.first().map_or(0, |line: &Line| line.size);
    let foot: Vec<Line> = [
        (&subject.when, 600),
        (&subject.venue, 400),
        (&subject.city, 400),
    ]
    .into_iter()
    .flat_map(|(text, weight)| set(fonts, text, &[32, 28, 24], FOOT_HEIGHT, TEXT_WIDTH, weight))
    .collect();
    place(&mut lines, name_size, foot);
    let shop = set(
        fonts,
        &subject.shop,
        &[32],
        FOOT_HEIGHT,
        TEXT_WIDTH - 60.0,
        700,
    );
    let picture = subject
        .picture
        .as_deref()
        .and_then(|file| std::fs::read(file).ok());
    let poster = Poster {
        family: fonts.family(),
        shop: shop.into_iter().next(),
        lines,
        left: fonts.family().map_or(0, |_| PICTURE_LEFT),
        artwork: &subject.artwork,
        picture: picture.map(|webp| format!("data:image/webp;base64,{}", BASE64.encode(&webp))),
    };
    let tree = fonts.read(&poster.render()?);
    let tree = tree.map_err(|error| Error::defect(&error))?;
    let pixels = Pixmap::new(WIDTH, HEIGHT);
    let mut pixels = pixels.ok_or_else(|| Error::defect(&"no memory for a picture"))?;
    resvg::render(&tree, Transform::default(), &mut pixels.as_mut());
    pixels.encode_png().map_err(|error| Error::defect(&error))
}

/// Gives lines their places: the name from the top, the rest from the bottom.
fn place(lines: &mut Vec<Line>, name_size: i32, foot: Vec<Line>) {
    for (line, n) in lines.iter_mut().zip(1..) {
        line.y = 120 + n * lines::height(name_size);
    }
    let last = foot.len() as i32;
    for (mut line, n) in foot.into_iter().zip(1..) {
        line.y = HEIGHT as i32 - 68 - (last - n) * FOOT_HEIGHT;
        lines.push(line);
    }
    for line in lines {
        line.x = if line.is_from_right {
            TEXT_LEFT + TEXT_WIDTH as i32
        } else {
            TEXT_LEFT
        };
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;
    use crate::types::{EventId, EventNo};
    use crate::web::view::artwork::Look;

    fn subject(n: usize) -> Subject {
        let look = Look::of(EventNo(1), None);
        Subject {
            shop: "a shop".to_owned(),
            name: n.to_string(),
            when: String::new(),
            venue: String::new(),
            city: String::new(),
            artwork: Arc::new(Artwork::of(EventId(uuid::Uuid::nil()), look)),
            picture: None,
        }
    }

    #[test]
    fn a_picture_shows_what_the_shop_is_called() {
        let fonts = Fonts::open(Path::new(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/static/fonts"
        )));
        let (mut one, mut other) = (subject(1), subject(1));
        assert_eq!(one.version(), other.version());
        assert_eq!(draw(&fonts, &one).unwrap(), draw(&fonts, &other).unwrap());
        other.shop = "Linde".to_owned();
        assert_ne!(one.version(), other.version());
        assert_ne!(draw(&fonts, &one).unwrap(), draw(&fonts, &other).unwrap());
        // One that no font can write, and markup.
        one.shop = "𓀀".to_owned();
        other.shop = "<&\"'>".to_owned();
        assert!(draw(&fonts, &one).is_ok() && draw(&fonts, &other).is_ok());
    }

    #[tokio::test]
    async fn who_would_wait_behind_too_many_is_refused_and_who_goes_away_waits_no_more() {
        let posters = Posters::new(Path::new("nowhere"));
        // Somebody is drawing.
        let turn = posters.turn.acquire().await.unwrap();
        let mut waiting = Vec::new();
        for n in 0..WAITING_MAX {
            let mut drawn = Box::pin(posters.draw(subject(n)));
            assert!(drawn.as_mut().now_or_never().is_none(), "{n}");
            waiting.push(drawn);
        }
        let refused = posters.draw(subject(WAITING_MAX)).now_or_never();
        let Error(problem) = refused.expect("at once").unwrap_err();
        assert_eq!((problem.status, problem.kind), (503, "overloaded"));
        waiting.pop();
        let mut last = Box::pin(posters.draw(subject(WAITING_MAX)));
        assert!(last.as_mut().now_or_never().is_none());
        drop((waiting, turn));
        assert!(last.await.unwrap().starts_with(b"\x89PNG"));
    }
}
