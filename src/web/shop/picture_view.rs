//! How pages show a picture that an operator has given an event: which files there are for which width.

use crate::picture::Picture;

/// The width where a browser knows no `srcset`, and beside the text of a shared picture.
const USUAL_WIDTH: u32 = 960;

/// A picture as pages show it.
#[derive(Debug)]
pub(super) struct PictureView {
    /// Where a file of the usual width is.
    pub src: String,
    /// All files with their widths.
    pub srcset: String,
    /// Of the largest file.
    pub width: i32,
    /// See `width`.
    pub height: i32,
}

impl PictureView {
    pub(super) fn of(picture: &Picture) -> Self {
        let sources = picture
            .files()
            .map(|(width, file)| format!("/pictures/{file} {width}w"));
        Self {
            src: format!("/pictures/{}", usual_file(picture)),
            srcset: sources.collect::<Vec<_>>().join(", "),
            width: picture.width,
            height: picture.height,
        }
    }
}

/// The file whose width is nearest to the usual one.
pub(super) fn usual_file(picture: &Picture) -> String {
    let mut files = picture.files().collect::<Vec<_>>();
    files.sort_by_key(|(width, _)| width.abs_diff(USUAL_WIDTH));
    files.swap_remove(0).1
}
