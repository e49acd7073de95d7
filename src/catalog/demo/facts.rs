//! What buyers want to know of the demo events and their venues. Streets and organisers are invented, like all of it.
//!
//! What must hold: every demo event and every venue is here once, and every genre occurs; a test reads both tables.

use chrono::TimeDelta;

use super::super::facts::{Access, Facts, Genre};
use super::translations;
use crate::types::Timestamp;

use Access::{
    AccessibleParking, AccessibleToilet, AssistanceDogs, AudioDescription, Captions, HearingLoop,
    Relaxed, SignLanguage, StepFree, WheelchairPlaces,
};

/// A venue's street, and what it offers.
pub(super) struct DemoPlace {
    pub(super) venue: &'static str,
    pub(super) address: &'static str,
    pub(super) accessibility: &'static [Access],
}

/// What is known of an event.
struct DemoFacts {
    /// How its name begins.
    name: &'static str,
    genre: Genre,
    /// Minutes that the doors are open before the start, and that it takes.
    minutes: (i64, i64),
    age_min: i16,
    lineup: &'static [&'static str],
    accessibility: &'static [Access],
    organiser: &'static str,
}

const fn place(
    venue: &'static str,
    address: &'static str,
    accessibility: &'static [Access],
) -> DemoPlace {
    DemoPlace {
        venue,
        address,
        accessibility,
    }
}

/// What most halls offer.
const HALL: &[Access] = &[
    StepFree,
    WheelchairPlaces,
    AccessibleToilet,
    HearingLoop,
    AssistanceDogs,
];
/// What most arenas and grounds offer.
const GROUNDS: &[Access] = &[
    StepFree,
    WheelchairPlaces,
    AccessibleToilet,
    AccessibleParking,
    AssistanceDogs,
];

#[rustfmt::skip]
pub(super) const PLACES: &[DemoPlace] = &[
    place("Sala do Cais", "Rua da Cintura do Porto 214", HALL),
    place("Harbourline Theatre", "88 Quayside Drive", HALL),
    place("Keller Neun", "Lausitzer Straße 9, Hinterhof", &[AssistanceDogs]),
    place("Kazehana Hall", "3-8-14 Minami-Azabu", HALL),
    place("Estádio Várzea Nova", "Avenida dos Ipês 1500", GROUNDS),
    place("Marula Amphitheatre", "12 Protea Ridge Road", GROUNDS),
    place("Wattle Point Opera Theatre", "1 Wattle Point Road", HALL),
    place("The Ferryworks", "40 Slip Street", &[StepFree, AccessibleToilet, AssistanceDogs]),
    place("Saltmarsh Arena", "7 Gasworks Lane", GROUNDS),
    place("Teatro Jacarandá Alto", "Calle Tacuarí 931", &[StepFree, WheelchairPlaces, AccessibleToilet]),
    place("Foro Obsidiana", "Calle Obsidiana 45", GROUNDS),
    place("Théâtre El Yasmine", "18 rue des Jasmins", &[StepFree, WheelchairPlaces]),
    place("Pearl Dhow Hall", "Arabian Gulf Street 120", HALL),
    place("Mirinae Arena", "25 Mirinae-ro", GROUNDS),
    place("Banyan Court Auditorium", "16 Banyan Court", HALL),
    place("Lagoon Yard", "5 Jetty Road", &[StepFree, AccessibleToilet, AccessibleParking]),
    place("Granitsalen", "Bergsgatan 31", HALL),
    place("Basalt Room", "Hrafnagata 8", &[StepFree, AccessibleToilet]),
    place("Rain Tree Theatre", "60 Rain Tree Walk", HALL),
    place("Teatro de la Niebla", "Carrera 4 # 12-57", &[WheelchairPlaces, AccessibleToilet]),
    place("The Kōwhai Rooms", "27 Kōwhai Lane", &[StepFree, AssistanceDogs]),
    place("Acacia Grounds", "Acacia Road, Gate B", GROUNDS),
];

#[rustfmt::skip]
const FACTS: &[DemoFacts] = &[
    DemoFacts { name: "Velvet Almanac", genre: Genre::Concert, minutes: (60, 150), age_min: 6,
        lineup: &["Velvet Almanac", "Joana Leme"], accessibility: &[], organiser: "Cais Aberto Produções" },
    DemoFacts { name: "Ida Brandt Trio", genre: Genre::Concert, minutes: (45, 135), age_min: 16,
        lineup: &["Ida Brandt", "Tomasz Wilk", "Lena Osei"], accessibility: &[], organiser: "Keller Neun e. V." },
    DemoFacts { name: "Marcus Adeyemi-Clarke", genre: Genre::Comedy, minutes: (60, 90), age_min: 16,
        lineup: &["Marcus Adeyemi-Clarke"], accessibility: &[SignLanguage], organiser: "Harbourline Presents" },
    DemoFacts { name: "Hoshizora", genre: Genre::Classical, minutes: (45, 120), age_min: 6,
        lineup: &["Hoshizora Chamber Orchestra", "Emi Tachibana"], accessibility: &[], organiser: "Kazehana Music Society" },
    DemoFacts { name: "Neon Herons", genre: Genre::Concert, minutes: (90, 180), age_min: 8,
        lineup: &["Neon Herons", "Glasswing", "DJ Marrow"], accessibility: &[], organiser: "Saltmarsh Live" },
    DemoFacts { name: "Sundown Sessions", genre: Genre::Concert, minutes: (120, 180), age_min: 0,
        lineup: &["Thandeka Molefe", "The Table Bay Nine"], accessibility: &[], organiser: "Marula Evenings" },
    DemoFacts { name: "Maré Alta", genre: Genre::Concert, minutes: (240, 180), age_min: 12,
        lineup: &["Maré Alta", "Quintal Elétrico"], accessibility: &[SignLanguage], organiser: "Várzea Nova Espetáculos" },
    DemoFacts { name: "The Glass Orchard", genre: Genre::Opera, minutes: (45, 165), age_min: 10,
        lineup: &["Wattle Point Opera", "Harriet Vaughan-Lee", "Jonah Tran"], accessibility: &[Captions, AudioDescription],
        organiser: "Wattle Point Opera" },
    DemoFacts { name: "Low Country Radio", genre: Genre::Concert, minutes: (60, 120), age_min: 21,
        lineup: &["Low Country Radio"], accessibility: &[], organiser: "Ferryworks Booking" },
    DemoFacts { name: "Crown Circuit", genre: Genre::Sport, minutes: (120, 300), age_min: 12,
        lineup: &["Seoul Comets", "Busan Tide"], accessibility: &[], organiser: "Crown Circuit League" },
    DemoFacts { name: "Cuerda y Fuelle", genre: Genre::Concert, minutes: (45, 120), age_min: 6,
        lineup: &["Cuerda y Fuelle", "Malena Ríos"], accessibility: &[], organiser: "Jacarandá Alto Cultura" },
    DemoFacts { name: "Paper Tigers", genre: Genre::Family, minutes: (30, 90), age_min: 7,
        lineup: &["Lantern House Puppets", "Gamelan Kencana"], accessibility: &[Relaxed, SignLanguage],
        organiser: "Lantern House" },
    DemoFacts { name: "Layla Al-Nouri", genre: Genre::Concert, minutes: (60, 120), age_min: 8,
        lineup: &["Layla Al-Nouri", "Dhow Strings"], accessibility: &[], organiser: "Pearl Dhow Foundation" },
    DemoFacts { name: "Los Faroles", genre: Genre::Concert, minutes: (90, 180), age_min: 18,
        lineup: &["Los Faroles del Sur", "Banda Relámpago"], accessibility: &[], organiser: "Obsidiana Conciertos" },
    DemoFacts { name: "Nuits de Jasmin", genre: Genre::Concert, minutes: (60, 150), age_min: 0,
        lineup: &["Ensemble Malouf Nour"], accessibility: &[], organiser: "Association Nuits de Jasmin" },
    DemoFacts { name: "Wren & the Weather", genre: Genre::Concert, minutes: (60, 120), age_min: 0,
        lineup: &["Wren & the Weather"], accessibility: &[], organiser: "The Kōwhai Rooms" },
    DemoFacts { name: "Tide Tables", genre: Genre::Film, minutes: (45, 100), age_min: 0,
        lineup: &["Hana Parata (piano)"], accessibility: &[Captions, AudioDescription], organiser: "Kōwhai Picture Club" },
    DemoFacts { name: "Sólrún", genre: Genre::Club, minutes: (60, 240), age_min: 20,
        lineup: &["Sólrún"], accessibility: &[], organiser: "Basalt Room" },
    DemoFacts { name: "Nritya Sangam", genre: Genre::Dance, minutes: (45, 140), age_min: 5,
        lineup: &["Nritya Sangam Company", "Revathi Nair"], accessibility: &[AudioDescription], organiser: "Seven Rivers Trust" },
    DemoFacts { name: "Compile Time", genre: Genre::Talk, minutes: (60, 210), age_min: 0,
        lineup: &["Six speakers"], accessibility: &[Captions], organiser: "Granit Systems Guild" },
    DemoFacts { name: "Highlife Forever", genre: Genre::Concert, minutes: (90, 240), age_min: 16,
        lineup: &["Chief Okoro's Big Band"], accessibility: &[], organiser: "Lagoon Yard Live" },
    DemoFacts { name: "La Casa de los Relojes", genre: Genre::Theatre, minutes: (45, 110), age_min: 12,
        lineup: &["Compañía del Páramo"], accessibility: &[Captions], organiser: "Teatro de la Niebla" },
    DemoFacts { name: "Rift Valley Nights", genre: Genre::Festival, minutes: (180, 480), age_min: 18,
        lineup: &["Ochieng & the Lake Band", "Zuhura Taarab Club", "Savannah Circuit", "DJ Kamau"], accessibility: &[],
        organiser: "Rift Valley Nights" },
    DemoFacts { name: "The Cartographers", genre: Genre::Exhibition, minutes: (30, 180), age_min: 0,
        lineup: &["The Cartographers' Collective"], accessibility: &[AudioDescription], organiser: "Ferryworks Arts" },
    DemoFacts { name: "Northern Line", genre: Genre::Dance, minutes: (45, 80), age_min: 8,
        lineup: &["Northern Line Dance Company"], accessibility: &[AudioDescription], organiser: "Harbourline Presents" },
    DemoFacts { name: "Priya Raman", genre: Genre::Comedy, minutes: (90, 120), age_min: 14,
        lineup: &["Priya Raman"], accessibility: &[SignLanguage], organiser: "Saltmarsh Live" },
    DemoFacts { name: "Blue Lacquer", genre: Genre::Concert, minutes: (60, 130), age_min: 6,
        lineup: &["Blue Lacquer Quartet"], accessibility: &[], organiser: "Kazehana Music Society" },
    DemoFacts { name: "Fado ao Leme", genre: Genre::Concert, minutes: (60, 110), age_min: 6,
        lineup: &["Teresa Vilar"], accessibility: &[], organiser: "Cais Aberto Produções" },
    DemoFacts { name: "The Understudies", genre: Genre::Musical, minutes: (45, 150), age_min: 12,
        lineup: &["The Understudies"], accessibility: &[], organiser: "Ferryworks Booking" },
    DemoFacts { name: "Southern Cross", genre: Genre::Classical, minutes: (60, 130), age_min: 8,
        lineup: &["Southern Cross Philharmonia", "Wattle Point Chorus"], accessibility: &[], organiser: "Southern Cross Philharmonia" },
    DemoFacts { name: "Ljusår", genre: Genre::Classical, minutes: (45, 90), age_min: 0,
        lineup: &["Kammarkören Ljus", "Astrid Lindqvist"], accessibility: &[], organiser: "Granitsalens Vänner" },
    DemoFacts { name: "Static Garden", genre: Genre::Concert, minutes: (60, 120), age_min: 16,
        lineup: &["Static Garden", "Halogen Moth"], accessibility: &[], organiser: "Keller Neun e. V." },
];

/// What stands on top of the list.
const FEATURED: [&str; 3] = ["Maré Alta", "Crown Circuit", "Rift Valley Nights"];
/// What has several dates.
const SERIES: [(&str, &str); 1] = [("The Glass Orchard", "the-glass-orchard")];

const REFUND_POLICY: &str = "Cancel on your booking’s page before the event begins, and all of the money goes back to your \
    card. If the event is called off, your money goes back without your asking. If it is \
    moved to another day, you keep your tickets or return them.";
const TERMS: &str = "A ticket lets one person in, once. Please have the code ready on your phone or on paper.\n\n\
    Bags larger than A4, glass and professional cameras stay outside. Whoever comes late is let in at the next pause. \
    Tickets may be passed on at no more than their price.";

/// The facts of the event with this name that starts then.
pub(super) fn of(name: &str, starts_at: Timestamp) -> Option<Facts> {
    let known = FACTS.iter().find(|facts| name.starts_with(facts.name))?;
    let (doors, length) = known.minutes;
    let series = SERIES.iter().find(|(of, _)| *of == known.name);
    Some(Facts {
        genre: known.genre,
        doors_at: Some(starts_at - TimeDelta::minutes(doors)),
        ends_at: Some(starts_at + TimeDelta::minutes(length)),
        age_min: Some(known.age_min),
        lineup: known.lineup.iter().map(|&name| name.to_owned()).collect(),
        accessibility: known.accessibility.to_vec(),
        organiser: Some(known.organiser.to_owned()),
        terms: Some(TERMS.to_owned()),
        refund_policy: Some(REFUND_POLICY.to_owned()),
        series: series.map(|(_, series)| (*series).to_owned()),
        featured: FEATURED.contains(&known.name),
        translations: translations::of(name),
    })
}

/// Where this venue is and what it offers.
pub(super) fn place_of(venue: &str) -> Option<&'static DemoPlace> {
    PLACES.iter().find(|place| place.venue == venue)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::demo::DEMO_EVENTS;
    use crate::catalog::details::Details;

    #[test]
    fn every_demo_event_and_venue_is_known_and_every_genre_occurs() {
        let now = Timestamp::default();
        let known: Vec<Facts> = DEMO_EVENTS
            .iter()
            .map(|event| of(event.name, now).unwrap())
            .collect();
        for (event, facts) in DEMO_EVENTS.iter().zip(&known) {
            let details = Details {
                starts_at: Some(now),
                facts: facts.clone(),
                ..Details::default()
            };
            let mut wrong = details.wrong().into_iter();
            assert!(!wrong.any(|wrong| wrong.pointer.starts_with("/facts")));
            assert!(place_of(event.venue.name).is_some(), "{}", event.venue.name);
        }
        for genre in Genre::ALL.iter().filter(|genre| **genre != Genre::Other) {
            assert!(known.iter().any(|facts| facts.genre == *genre), "{genre:?}");
        }
        let dates = known.iter().filter(|facts| facts.series.is_some());
        assert_eq!(dates.count(), 3);
    }
}
