//! The files that pages load: named by their content, cached, revalidated, served in part, compressed.

use std::path::Path;

use data_encoding::HEXLOWER;
use reqwest::Response;
use sha2::{Digest, Sha256};

use crate::support::directory::Directory;
use crate::support::{Server, with_server, with_settings};

/// The paths of the static files that a page loads.
async fn asset_paths(server: &Server) -> Vec<String> {
    let html = server.get("/").await.text().await.unwrap();
    let words = html.split('"').filter(|word| word.starts_with("/static/"));
    words.map(str::to_owned).collect()
}

/// GETs a path with these headers.
async fn get_with(server: &Server, path: &str, headers: &[(&str, &str)]) -> Response {
    let url = format!("{}{path}", server.url);
    let request = headers
        .iter()
        .fold(server.client.get(url), |request, (name, value)| {
            request.header(*name, *value)
        });
    request.send().await.unwrap()
}

/// A new directory with the files that pages load.
fn copy_of_static_files() -> Directory {
    let directory = Directory::new();
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("static");
    for entry in std::fs::read_dir(&source).unwrap() {
        let file = entry.unwrap().path();
        if file.is_file() {
            std::fs::copy(&file, directory.join(file.file_name().unwrap())).unwrap();
        }
    }
    std::fs::create_dir(directory.join("fonts")).unwrap();
    for entry in std::fs::read_dir(source.join("fonts")).unwrap() {
        let font = entry.unwrap().path();
        let name = font.file_name().unwrap();
        std::fs::copy(&font, directory.join("fonts").join(name)).unwrap();
    }
    directory
}

const IMMUTABLE: &str = "public, max-age=31536000, immutable";

#[tokio::test]
async fn assets_have_names_of_their_content_and_are_cached_forever() {
    with_server(async |server| {
        let html = server.get("/").await.text().await.unwrap();
        let assets = asset_paths(server).await;
        assert!(assets.len() >= 3, "{assets:?}");
        for asset in assets {
            let response = server.get(&asset).await;
            assert_eq!(response.status(), 200, "{asset}");
            assert_eq!(response.headers()["cache-control"], IMMUTABLE);
            let served = response.bytes().await.unwrap();
            let hash = HEXLOWER.encode(&Sha256::digest(&served)[..6]);
            let name = asset.trim_start_matches("/static/");
            let (stem, rest) = name.split_once('.').unwrap();
            let extension = rest.strip_prefix(&hash).expect(&asset);
            let directory = match extension {
                // It is made from the file, see `the_stylesheet_names_fonts_by_their_content`.
                ".css" => continue,
                ".woff2" => "static/fonts",
                _ => "static",
            };
            let file = format!("{directory}/{stem}{extension}");
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
            assert_eq!(served, std::fs::read(file).unwrap(), "{asset}");
        }
        // Nothing comes from elsewhere: what is not the shop itself is a name and not an address.
        let ours = server.url.trim_start_matches("http://");
        let of_others = |rest: &&str| !rest.starts_with("www.w3.org") && !rest.starts_with(ours);
        let others: Vec<&str> = html.split("http://").skip(1).filter(of_others).collect();
        assert!(others.is_empty(), "{others:?}");
    })
    .await;
}

#[tokio::test]
async fn the_stylesheet_names_fonts_by_their_content() {
    with_server(async |server| {
        let assets = asset_paths(server).await;
        let style = assets.iter().find(|path| path.ends_with(".css")).unwrap();
        let answer = server.get(style).await;
        assert_eq!(answer.headers()["content-type"], "text/css; charset=utf-8");
        let etag = answer.headers()["etag"].to_str().unwrap().to_owned();
        let text = answer.text().await.unwrap();
        let fonts = text.split("url(").skip(1);
        let fonts: Vec<&str> = fonts.map(|rest| rest.split_once(')').unwrap().0).collect();
        assert_eq!(fonts.len(), 4, "{fonts:?}");
        for font in fonts {
            // What is compressed already is not compressed again.
            let answer = get_with(server, font, &[("Accept-Encoding", "br")]).await;
            assert_eq!(answer.status(), 200, "{font}");
            assert_eq!(answer.headers()["content-encoding"], "identity");
            assert_eq!(answer.headers()["content-type"], "font/woff2");
            let hash = HEXLOWER.encode(&Sha256::digest(answer.bytes().await.unwrap())[..6]);
            assert!(font.ends_with(&format!(".{hash}.woff2")), "{font}");
        }
        let known = get_with(server, style, &[("If-None-Match", &etag)]).await;
        assert_eq!(known.status(), 304);
        assert_eq!(known.headers()["cache-control"], IMMUTABLE);
        assert_eq!(known.headers()["etag"], etag.as_str());
        let other = get_with(server, style, &[("If-None-Match", "\"other\"")]).await;
        assert_eq!(other.status(), 200);
    })
    .await;
}

#[tokio::test]
async fn assets_are_revalidated_served_in_part_and_compressed() {
    with_server(async |server| {
        let assets = asset_paths(server).await;
        let script = assets.iter().find(|path| path.ends_with(".js")).unwrap();
        let whole = server.get(script).await;
        let etag = whole.headers()["etag"].to_str().unwrap().to_owned();
        assert_eq!(whole.headers()["content-type"], "text/javascript");
        assert_eq!(whole.headers()["x-content-type-options"], "nosniff");
        let whole = whole.bytes().await.unwrap();
        let known = get_with(server, script, &[("If-None-Match", &etag)]).await;
        assert_eq!(known.status(), 304);
        assert_eq!(known.headers()["cache-control"], IMMUTABLE);
        for encodings in [&[][..], &[("Accept-Encoding", "br, gzip")]] {
            let headers = [&[("Range", "bytes=10-29")], encodings].concat();
            let part = get_with(server, script, &headers).await;
            assert_eq!(part.status(), 206);
            let range = format!("bytes 10-29/{}", whole.len());
            assert_eq!(part.headers()["content-range"], range.as_str());
            assert_eq!(part.bytes().await.unwrap(), whole[10..30]);
        }
        for encoding in ["br", "gzip"] {
            let small = get_with(server, script, &[("Accept-Encoding", encoding)]).await;
            assert_eq!(small.headers()["content-encoding"], encoding);
            assert_eq!(small.headers()["vary"], "accept-encoding");
            assert!(small.bytes().await.unwrap().len() < whole.len() / 2);
        }
    })
    .await;
}

#[tokio::test]
async fn only_the_named_files_are_served() {
    with_server(async |server| {
        let assets = asset_paths(server).await;
        let style = assets.iter().find(|path| path.ends_with(".css")).unwrap();
        let (stem, _) = style.split_once('.').unwrap();
        for path in [
            format!("{stem}.000000000000.css"),
            format!("{stem}.css"),
            "/static/".into(),
            "/static/..%2fCargo.toml".into(),
            "/static/%2e%2e%2fCargo.toml".into(),
            "/static/..%5cCargo.toml".into(),
            "/static/%2fetc%2fpasswd".into(),
            format!("{style}%00"),
            format!("{style}/../../Cargo.toml"),
        ] {
            let response = get_with(server, &path, &[]).await;
            assert_eq!(response.status(), 404, "{path}");
            assert!(response.text().await.unwrap().contains("</html>"), "{path}");
        }
    })
    .await;
}

/// Hidden files are not for visitors; among them are the locks of editors, links that lead nowhere.
#[tokio::test]
async fn hidden_files_are_neither_served_nor_in_the_way() {
    let directory = copy_of_static_files();
    let secret = "password";
    std::fs::write(directory.join(".env"), secret).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("/nowhere/at/all", directory.join(".#style.css")).unwrap();
    let hash = HEXLOWER.encode(&Sha256::digest(secret)[..6]);
    let flags = ["--static-dir", directory.to_str().unwrap()];
    with_settings(&flags, async |server| {
        for path in ["/static/.env".into(), format!("/static/.{hash}.env")] {
            assert_eq!(server.get(&path).await.status(), 404, "{path}");
        }
    })
    .await;
}

/// Otherwise caches would keep the new content under the hash of the old one.
#[tokio::test]
async fn a_file_that_changes_under_a_running_server_is_not_cached() {
    let directory = copy_of_static_files();
    let flags = ["--static-dir", directory.to_str().unwrap()];
    with_settings(&flags, async |server| {
        let assets = asset_paths(server).await;
        let script = assets.iter().find(|path| path.contains("/app.")).unwrap();
        assert_eq!(
            server.get(script).await.headers()["cache-control"],
            IMMUTABLE
        );
        std::fs::write(directory.join("app.js"), "alert()").unwrap();
        let changed = server.get(script).await;
        assert_eq!(changed.headers()["cache-control"], "no-cache");
        assert_eq!(changed.text().await.unwrap(), "alert()");
        std::fs::remove_file(directory.join("app.js")).unwrap();
        assert_eq!(server.get(script).await.status(), 404);
    })
    .await;
}
