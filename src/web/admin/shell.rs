//! What is around every page of the organiser's side: who is signed in and for whom they work, the navigation that their
//! role allows, and what was just done. Templates extend `admin/base.html` and have a `shell`.

use std::ops::Deref;

use actix_web::HttpRequest;
use actix_web::web::Data;
use serde::Deserialize;

use super::frame::Frame;
use super::session::{Known, May, On};
use crate::access::organiser::session::SignedIn;
use crate::access::organiser::{Right, Role};
use crate::catalog::Event;
use crate::types::EventId;
use crate::web::extract;
use crate::web::view::assets::{ADMIN_STYLE, Assets};
use crate::web::view::format::Format;

/// The id of a role's name among the texts.
pub(in crate::web) fn role_text(role: Role) -> &'static str {
    match role {
        Role::Owner => "role-owner",
        Role::Manager => "role-manager",
        Role::Finance => "role-finance",
        Role::Scanner => "role-scanner",
    }
}

/// A place that the navigation leads to.
pub(in crate::web) struct Place {
    /// What pages of it are marked by.
    pub section: &'static str,
    /// Its path; of an event's places what follows the event's.
    pub path: &'static str,
    /// Its name among the texts.
    pub text: &'static str,
    right: Right,
}

const fn place(
    section: &'static str,
    path: &'static str,
    text: &'static str,
    right: Right,
) -> Place {
    Place {
        section,
        path,
        text,
        right,
    }
}

/// The places of the organiser's side.
const PLACES: &[Place] = &[
    place("events", "/admin", "admin-nav-events", Right::Read),
    place(
        "bookings",
        "/admin/bookings",
        "admin-nav-bookings",
        Right::Read,
    ),
    place("halls", "/admin/halls", "admin-nav-halls", Right::Manage),
    place("scan", "/scan", "scan-heading", Right::Scan),
    place("members", "/admin/members", "admin-nav-members", Right::Own),
    place("tokens", "/admin/tokens", "admin-nav-tokens", Right::Own),
    place("audit", "/admin/audit", "admin-nav-audit", Right::Read),
];

/// The places of an event.
const PLACES_OF_EVENT: &[Place] = &[
    place("report", "", "admin-nav-report", Right::Read),
    place("bookings", "/bookings", "admin-nav-bookings", Right::Read),
    place(
        "box-office",
        "/box-office",
        "admin-nav-box-office",
        Right::Manage,
    ),
    place("guests", "/guests", "admin-nav-guests", Right::Manage),
    place("blocks", "/blocks", "admin-nav-blocks", Right::Read),
    place("plan", "/edit", "admin-nav-plan", Right::Manage),
    place(
        "questions",
        "/questions",
        "questions-heading",
        Right::Manage,
    ),
    place("hall", "/hall", "admin-nav-hall", Right::Manage),
    place("prices", "/prices", "admin-nav-prices", Right::Manage),
    place("audit", "/audit", "admin-nav-audit", Right::Read),
];

/// Who is signed in, as the page says it.
pub(in crate::web) struct Who {
    /// What they are called.
    pub name: String,
    /// For whom they work.
    pub organisation: Option<String>,
    /// As what.
    pub role: Option<Role>,
    /// Whether they could work for another.
    pub has_several: bool,
}

impl Who {
    fn of(who: &SignedIn) -> Self {
        let membership = who.membership.as_ref();
        Self {
            name: who.name.clone(),
            organisation: membership.map(|member| member.name.clone()),
            role: membership.map(|member| member.role),
            has_several: who.memberships > i64::from(membership.is_some()),
        }
    }
}

/// The event that a page is about.
pub(in crate::web) struct EventPlaces {
    /// Its name.
    pub name: String,
    /// Its page in the shop.
    pub address: String,
    id: EventId,
}

/// What is around a page.
pub(in crate::web) struct Shell {
    frame: Frame,
    /// The stylesheet of the organiser's side.
    pub admin_style: String,
    /// Nobody, on the pages of signing in.
    pub who: Option<Who>,
    /// Which place is marked.
    pub section: &'static str,
    /// What was just done.
    pub done: Option<&'static str>,
    /// The event that the page is about, if it is about one.
    pub event: Option<EventPlaces>,
}

impl Deref for Shell {
    type Target = Frame;
    fn deref(&self) -> &Frame {
        &self.frame
    }
}

#[derive(Deserialize)]
struct Done {
    #[serde(default)]
    done: String,
}

impl Shell {
    /// For somebody who is not signed in, or may not be.
    pub(in crate::web) fn for_anyone(request: &HttpRequest) -> Self {
        Self::new(request, &Format::of(request), None, "")
    }

    /// For somebody who is signed in, whatever they may.
    pub(in crate::web) fn for_known(
        request: &HttpRequest,
        who: &Known,
        section: &'static str,
    ) -> Self {
        Self::new(request, &Format::of(request), Some(&who.0), section)
    }

    /// For a page of the organisation.
    pub(in crate::web) fn of<R>(
        request: &HttpRequest,
        may: &May<R>,
        section: &'static str,
    ) -> Self {
        Self::new(request, &Format::of(request), Some(&may.who), section)
    }

    /// For a page of an event.
    pub(in crate::web) fn of_event<R>(
        request: &HttpRequest,
        on: &On<R>,
        event: &Event,
        section: &'static str,
    ) -> Self {
        let mut shell = Self::of(request, &on.may, section);
        shell.event = Some(EventPlaces {
            name: event.name.clone(),
            address: format!("/events/{}", event.address),
            id: event.id,
        });
        shell
    }

    fn new(
        request: &HttpRequest,
        format: &Format,
        who: Option<&SignedIn>,
        section: &'static str,
    ) -> Self {
        let assets = request.app_data::<Data<Assets>>();
        let done = extract::query::<Done>(request).ok();
        let done = done.filter(|done| !done.done.is_empty());
        // Only texts that are made for it: an address that somebody else wrote says nothing else.
        let done = done.and_then(|done| format.words.text_if_any(&format!("done-{}", done.done)));
        Self {
            frame: Frame::new(request, format),
            admin_style: assets.map_or_else(String::new, |assets| assets.url(ADMIN_STYLE)),
            who: who.map(Who::of),
            section,
            done,
            event: None,
        }
    }

    fn role(&self) -> Option<Role> {
        self.who.as_ref()?.role
    }

    /// Whether whoever reads may do this.
    pub(in crate::web) fn may(&self, right: &Right) -> bool {
        self.role().is_some_and(|role| role.may(*right))
    }

    /// Where they may go.
    pub(in crate::web) fn places(&self) -> Vec<&'static Place> {
        let places = PLACES.iter();
        places.filter(|place| self.may(&place.right)).collect()
    }

    /// Where they may go about the event of the page: path and text.
    pub(in crate::web) fn places_of_event(&self) -> Vec<(String, &'static Place)> {
        let Some(event) = &self.event else {
            return Vec::new();
        };
        let places = PLACES_OF_EVENT
            .iter()
            .filter(|place| self.may(&place.right));
        let path = |place: &Place| format!("/admin/events/{}{}", event.id, place.path);
        places.map(|place| (path(place), place)).collect()
    }

    /// What a role is called.
    pub(in crate::web) fn role_name(&self, role: &Role) -> &'static str {
        self.text(role_text(*role))
    }

    /// What a role may, in words.
    pub(in crate::web) fn role_may(&self, role: &Role) -> &'static str {
        self.text(&format!("{}.may", role_text(*role)))
    }
}
