//! Pictures of events: which files are taken, how they are served, and how pages show them.

use std::io::Cursor;
use std::path::Path;

use boxoffice::picture::{self, PictureError};
use image::{ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use reqwest::StatusCode;
use uuid::Uuid;

use crate::commands::{boxoffice, stderr, stdout};
use crate::support::directory::Directory;
use crate::support::{Server, fresh_database, general, with_settings};

fn pixels(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        Rgb([(x % 256) as u8, (y % 256) as u8, 90])
    })
}

fn encoded(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let mut content = Cursor::new(Vec::new());
    pixels(width, height)
        .write_to(&mut content, format)
        .unwrap();
    content.into_inner()
}

#[test]
fn a_picture_is_written_anew_in_the_widths_that_it_has() {
    let (from, to) = (Directory::new(), Directory::new());
    for (format, width, height, written) in [
        (ImageFormat::Png, 2400, 1600, vec![480, 960, 1920]),
        (ImageFormat::Jpeg, 700, 500, vec![480, 700]),
        (ImageFormat::WebP, 300, 400, vec![300]),
    ] {
        let file = from.file("picture", encoded(width, height, format));
        let taken = picture::take(&file, &to).unwrap();
        let files: Vec<_> = taken.files().collect();
        assert_eq!(
            files.iter().map(|(width, _)| *width).collect::<Vec<_>>(),
            written
        );
        for (expected, name) in files {
            assert!(picture::is_file_name(&name), "{name}");
            let content = std::fs::read(to.join(&name)).unwrap();
            assert_eq!(image::guess_format(&content).unwrap(), ImageFormat::WebP);
            let size = image::load_from_memory(&content).unwrap();
            assert_eq!(
                (size.width(), size.height()),
                (expected, expected * height / width)
            );
        }
        // The same file has the same name.
        assert_eq!(picture::take(&file, &to).unwrap(), taken);
    }
    assert_eq!(to.names().len(), 6);
}

#[test]
fn nothing_but_pixels_is_passed_on() {
    let (from, to) = (Directory::new(), Directory::new());
    let mut content = encoded(480, 480, ImageFormat::Jpeg);
    // A comment right after the beginning, as a camera writes where it was.
    let secret = b"taken at home";
    let mut comment = vec![0xff, 0xfe, 0, secret.len() as u8 + 2];
    comment.extend(secret);
    content.splice(2..2, comment);
    let taken = picture::take(&from.file("picture.jpg", &content), &to).unwrap();
    for (_, name) in taken.files() {
        let written = std::fs::read(to.join(name)).unwrap();
        assert!(!written.windows(secret.len()).any(|part| part == secret));
    }
}

/// A camera that is held upright writes its picture lying, and says so.
#[test]
fn a_picture_that_lies_on_its_side_is_set_upright() {
    let (from, to) = (Directory::new(), Directory::new());
    let mut content = encoded(600, 400, ImageFormat::Jpeg);
    // Exif 2.32, section 4.6: one field of type SHORT, the orientation, 6 is a quarter to the right.
    let exif = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let mut segment = vec![0xff, 0xe1, 0, exif.len() as u8 + 2];
    segment.extend(exif);
    content.splice(2..2, segment);
    let taken = picture::take(&from.file("picture.jpg", &content), &to).unwrap();
    assert_eq!((taken.width, taken.height), (400, 600));
    let (_, name) = taken.files().next().unwrap();
    let upright = image::open(to.join(name)).unwrap();
    assert_eq!((upright.width(), upright.height()), (400, 600));
}

#[test]
fn what_is_transparent_becomes_white() {
    let (from, to) = (Directory::new(), Directory::new());
    let clear = RgbaImage::from_pixel(300, 300, Rgba([0, 0, 0, 0]));
    let mut content = Cursor::new(Vec::new());
    clear.write_to(&mut content, ImageFormat::Png).unwrap();
    let file = from.file("clear.png", content.get_ref());
    let taken = picture::take(&file, &to).unwrap();
    let (_, name) = taken.files().next().unwrap();
    let written = image::open(to.join(name)).unwrap().into_rgb8();
    assert!(
        written
            .pixels()
            .all(|pixel| pixel.0.iter().all(|&part| part > 250))
    );
}

/// A PNG whose head says that it has so many pixels, in a few bytes.
fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut head = b"IHDR".to_vec();
    head.extend(width.to_be_bytes());
    head.extend(height.to_be_bytes());
    head.extend([8, 2, 0, 0, 0]);
    let mut crc = flate2::Crc::new();
    crc.update(&head);
    let mut content = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    content.extend(&head);
    content.extend(crc.sum().to_be_bytes());
    content.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e");
    content
}

#[test]
fn what_is_no_picture_or_too_large_a_one_is_refused_and_nothing_is_written() {
    let (from, to) = (Directory::new(), Directory::new());
    let take = |content: &[u8]| picture::take(&from.file("picture", content), &to);
    for content in [
        b"".as_slice(),
        b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script/></svg>",
        b"GIF89a\x01\0\x01\0",
        b"%PDF-1.4",
    ] {
        assert!(matches!(take(content), Err(PictureError::Format)));
    }
    for (width, height) in [
        (60_000, 60_000),
        (12_001, 300),
        (10_000, 10_000),
        (239, 400),
    ] {
        let refused = take(&bomb(width, height));
        assert!(
            matches!(refused, Err(PictureError::Size(..))),
            "{refused:?}"
        );
    }
    let whole = encoded(480, 300, ImageFormat::Png);
    let half = take(&whole[..whole.len() / 2]);
    assert!(matches!(half, Err(PictureError::Unreadable(_))), "{half:?}");
    let long = from.file("long", b"");
    let file = std::fs::File::options().write(true).open(&long).unwrap();
    file.set_len(21 * 1024 * 1024).unwrap();
    let refused = picture::take(&long, &to);
    assert!(matches!(refused, Err(PictureError::TooManyBytes)));
    let missing = picture::take(&from.join("nothing"), &to);
    assert!(matches!(missing, Err(PictureError::Io { .. })));
    assert_eq!(to.names(), [""; 0]);
}

#[test]
fn names_of_files_are_told_from_paths() {
    let hash = "0123456789abcdef01234567";
    assert!(picture::is_file_name(&format!("{hash}-480.webp")));
    for name in [
        "",
        ".webp",
        "../secret.webp",
        &format!("{hash}.webp"),
        &format!("{}-480.webp", &hash[1..]),
        &format!("{hash}0-480.webp"),
        &format!("{hash}-.webp"),
        &format!("{hash}-480.png"),
        &format!("{hash}-480.webp.part"),
        &format!("../{hash}-480.webp"),
        &format!("{}-480.webp", hash.to_uppercase()),
    ] {
        assert!(!picture::is_file_name(name), "{name}");
    }
}

async fn event_with_picture(server: &Server, directory: &Path, file: &Path) -> Uuid {
    let taken = picture::take(file, directory).unwrap();
    let tiers = [general("ga", 5)];
    server
        .event_with(&tiers, |event| event.picture = Some(taken))
        .await
}

#[tokio::test]
async fn pages_show_a_picture_in_the_width_that_they_need_and_keep_room_for_it() {
    let (from, to) = (Directory::new(), Directory::new());
    let file = from.file("picture", encoded(1200, 600, ImageFormat::Jpeg));
    with_settings(&["--pictures-dir", to.to_str().unwrap()], async |server| {
        let event = event_with_picture(server, &to, &file).await;
        for path in ["/".to_owned(), server.event_path(event).await] {
            let html = server.get(&path).await.text().await.unwrap();
            let (_, image) = html.split_once("<img class=\"art\"").expect("a picture");
            let (image, _) = image.split_once('>').unwrap();
            for part in [
                "480w, ",
                "960w, ",
                "1200w\"",
                "sizes=",
                "width=\"1200\"",
                "height=\"600\"",
                "alt=\"Picture of Nordlicht Quartet\"",
            ] {
                assert!(image.contains(part), "{path}: no {part} in {image}");
            }
            let files = image
                .split(['"', ' '])
                .filter(|word| word.starts_with("/pictures/"));
            for file in files {
                let served = server.get(file).await;
                assert_eq!(served.status(), StatusCode::OK, "{file}");
                assert_eq!(served.headers()["content-type"], "image/webp");
                assert_eq!(
                    served.headers()["cache-control"],
                    "public, max-age=31536000, immutable"
                );
                assert!(!served.headers().contains_key("content-encoding"));
            }
        }
        let name = to.names()[0].clone();
        // Whatever else is in the directory is nobody's business.
        to.file("secret.txt", b"secret");
        to.file(&format!("{name}.part"), b"half of it");
        for path in [
            "/pictures/secret.txt",
            "/pictures/",
            "/pictures/..%2fpicture",
            "/pictures/nothing",
            &format!("/pictures/{name}.part"),
            &format!("/pictures/%2e%2e%2f{name}"),
        ] {
            assert_eq!(server.get(path).await.status(), 404, "{path}");
        }
        // Drawn once: without the file it would be another picture.
        let poster = format!("{}/picture.png", server.event_path(event).await);
        let drawn = async || {
            let drawn = server.get(&poster).await;
            assert_eq!(drawn.status(), 200);
            drawn.bytes().await.unwrap()
        };
        let first = drawn().await;
        for name in to.names() {
            std::fs::remove_file(to.join(name)).unwrap();
        }
        assert!(drawn().await == first);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn create_event_takes_a_picture_or_creates_nothing() {
    let (from, to) = (Directory::new(), Directory::new());
    let url = fresh_database().await;
    let good = from.file("good", encoded(600, 400, ImageFormat::Png));
    let bad = from.file("bad", b"<svg/>");
    let create = |file: &Path| {
        let (file, directory) = (file.to_str().unwrap(), to.to_str().unwrap());
        let words = [
            "create-event",
            "--name",
            "Late Show",
            "--starts-at",
            "2090-06-01T20:00:00Z",
            "--tier",
            "ga:GA:1000:5:general",
            "--pictures-dir",
            directory,
            "--picture",
            file,
        ];
        boxoffice(&url, &words)
    };
    let refused = create(&bad);
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        stderr(&refused).contains("must be a JPEG, PNG or WebP"),
        "{}",
        stderr(&refused)
    );
    let db = boxoffice::postgres::Db::new(&url, 2).unwrap();
    let client = db.get().await.unwrap();
    let count = "SELECT count(*) FROM events";
    assert_eq!(
        client.query_one(count, &[]).await.unwrap().get::<_, i64>(0),
        0
    );
    let created = create(&good);
    assert!(created.status.success(), "{}", stderr(&created));
    let printed: serde_json::Value = serde_json::from_str(&stdout(&created)).unwrap();
    assert_eq!(printed["picture"]["width"], 600);
    assert_eq!(to.names().len(), 2, "{:?}", to.names());
}
