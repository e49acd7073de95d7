//! Demo events for an empty database: what a visitor sees first, and what integrators and load tests
//! can book at once.
//!
//! Artists and venues are invented. Dates are counted from the database's current day, so they are always in
//! the future. Every event has the tiers VIP, Front Row and GA at 100, 50 and 10 dollars, or what a concert costs
//! elsewhere. What must hold: a database that has any event gets none of these.

mod facts;
mod translations;

use chrono::{Datelike, Days, NaiveDate, NaiveTime, TimeZone, Weekday};
use chrono_tz::{Africa, America, Asia, Atlantic, Australia, Europe, Pacific, Tz};

use super::create::{CreateError, create};
use super::new_event::{NewEvent, NewTier, NewVenue};
use crate::postgres::Db;
use crate::price::Charges;
use crate::seating::{Position, SeatKind};
use crate::types::contact::ContactRule;
use crate::types::{Currency, OrganisationNo, Timestamp};

/// A venue, and how it sells its seats.
struct DemoVenue {
    name: &'static str,
    city: &'static str,
    country: &'static str,
    zone: Tz,
    currency: &'static str,
    /// VIP seats, and the blocks of their rows.
    vip: (i32, &'static [i16]),
    /// Front Row seats, and the blocks of their rows.
    front_row: (i32, &'static [i16]),
    /// Tickets of general admission.
    ga: i32,
    /// Tickets that one booking may hold.
    tickets_max: i32,
}

/// A performance in a venue.
struct DemoEvent {
    venue: &'static DemoVenue,
    /// Days from today, in the venue's calendar.
    in_days: u64,
    /// The first such day on or after `in_days`; that very day if none is given.
    on: Option<Weekday>,
    /// Hour and minute on the venue's clock.
    at: (u32, u32),
    /// Days until the sale opens; it is open if none are given.
    sale_in_days: Option<u64>,
    name: &'static str,
    description: &'static str,
}

// A line or two per venue reads as a table.
#[rustfmt::skip]
const CAIS: DemoVenue = DemoVenue { name: "Sala do Cais", city: "Lisbon", country: "PT", zone: Europe::Lisbon, currency: "EUR",
    vip: (100, &[10]), front_row: (200, &[10, 10]), ga: 1000, tickets_max: 10 };
#[rustfmt::skip]
const HARBOURLINE: DemoVenue = DemoVenue { name: "Harbourline Theatre", city: "Toronto", country: "CA", zone: America::Toronto, currency: "CAD",
    vip: (60, &[4, 4, 4]), front_row: (240, &[6, 8, 6]), ga: 600, tickets_max: 10 };
#[rustfmt::skip]
const KELLER_NEUN: DemoVenue = DemoVenue { name: "Keller Neun", city: "Berlin", country: "DE", zone: Europe::Berlin, currency: "EUR",
    vip: (12, &[4]), front_row: (28, &[7]), ga: 110, tickets_max: 4 };
#[rustfmt::skip]
const KAZEHANA: DemoVenue = DemoVenue { name: "Kazehana Hall", city: "Tokyo", country: "JP", zone: Asia::Tokyo, currency: "JPY",
    vip: (112, &[4, 6, 4]), front_row: (360, &[6, 12, 6]), ga: 1200, tickets_max: 6 };
#[rustfmt::skip]
const VARZEA: DemoVenue = DemoVenue { name: "Estádio Várzea Nova", city: "São Paulo", country: "BR", zone: America::Sao_Paulo, currency: "BRL",
    vip: (800, &[10, 20, 10]), front_row: (3200, &[20, 40, 20]), ga: 46000, tickets_max: 6 };
#[rustfmt::skip]
const MARULA: DemoVenue = DemoVenue { name: "Marula Amphitheatre", city: "Cape Town", country: "ZA", zone: Africa::Johannesburg, currency: "ZAR",
    vip: (80, &[8, 8]), front_row: (320, &[10, 12, 10]), ga: 2600, tickets_max: 10 };
#[rustfmt::skip]
const WATTLE: DemoVenue = DemoVenue { name: "Wattle Point Opera Theatre", city: "Sydney", country: "AU", zone: Australia::Sydney, currency: "AUD",
    vip: (140, &[4, 6, 4]), front_row: (420, &[7, 14, 7]), ga: 940, tickets_max: 8 };
#[rustfmt::skip]
const FERRYWORKS: DemoVenue = DemoVenue { name: "The Ferryworks", city: "New York", country: "US", zone: America::New_York, currency: "USD",
    vip: (24, &[6]), front_row: (76, &[9, 10]), ga: 500, tickets_max: 4 };
#[rustfmt::skip]
const SALTMARSH: DemoVenue = DemoVenue { name: "Saltmarsh Arena", city: "London", country: "GB", zone: Europe::London, currency: "GBP",
    vip: (400, &[10, 20, 10]), front_row: (1600, &[16, 18, 16]), ga: 6000, tickets_max: 8 };
#[rustfmt::skip]
const JACARANDA: DemoVenue = DemoVenue { name: "Teatro Jacarandá Alto", city: "Buenos Aires", country: "AR", zone: America::Argentina::Buenos_Aires, currency: "ARS",
    vip: (56, &[4, 6, 4]), front_row: (264, &[6, 10, 6]), ga: 580, tickets_max: 8 };
#[rustfmt::skip]
const OBSIDIANA: DemoVenue = DemoVenue { name: "Foro Obsidiana", city: "Mexico City", country: "MX", zone: America::Mexico_City, currency: "MXN",
    vip: (120, &[5, 5, 5]), front_row: (480, &[8, 14, 8]), ga: 2400, tickets_max: 8 };
#[rustfmt::skip]
const YASMINE: DemoVenue = DemoVenue { name: "Théâtre El Yasmine", city: "Tunis", country: "TN", zone: Africa::Tunis, currency: "TND",
    vip: (48, &[8]), front_row: (192, &[8, 8]), ga: 960, tickets_max: 8 };
#[rustfmt::skip]
const DHOW: DemoVenue = DemoVenue { name: "Pearl Dhow Hall", city: "Kuwait City", country: "KW", zone: Asia::Kuwait, currency: "KWD",
    vip: (100, &[10, 10]), front_row: (300, &[10, 10, 10]), ga: 1100, tickets_max: 6 };
#[rustfmt::skip]
const NEXUS: DemoVenue = DemoVenue { name: "Mirinae Arena", city: "Seoul", country: "KR", zone: Asia::Seoul, currency: "KRW",
    vip: (320, &[8, 16, 8]), front_row: (1280, &[12, 16, 12]), ga: 6400, tickets_max: 4 };
#[rustfmt::skip]
const BANYAN: DemoVenue = DemoVenue { name: "Banyan Court Auditorium", city: "Mumbai", country: "IN", zone: Asia::Kolkata, currency: "INR",
    vip: (70, &[4, 6, 4]), front_row: (280, &[6, 8, 6]), ga: 1050, tickets_max: 10 };
#[rustfmt::skip]
const LAGOON: DemoVenue = DemoVenue { name: "Lagoon Yard", city: "Lagos", country: "NG", zone: Africa::Lagos, currency: "NGN",
    vip: (60, &[6, 6]), front_row: (240, &[10, 10]), ga: 3200, tickets_max: 10 };
#[rustfmt::skip]
const GRANIT: DemoVenue = DemoVenue { name: "Granitsalen", city: "Stockholm", country: "SE", zone: Europe::Stockholm, currency: "SEK",
    vip: (98, &[4, 6, 4]), front_row: (322, &[7, 9, 7]), ga: 1280, tickets_max: 8 };
#[rustfmt::skip]
const BASALT: DemoVenue = DemoVenue { name: "Basalt Room", city: "Reykjavik", country: "IS", zone: Atlantic::Reykjavik, currency: "ISK",
    vip: (10, &[5]), front_row: (30, &[5, 5]), ga: 110, tickets_max: 4 };
#[rustfmt::skip]
const RAINTREE: DemoVenue = DemoVenue { name: "Rain Tree Theatre", city: "Singapore", country: "SG", zone: Asia::Singapore, currency: "SGD",
    vip: (72, &[4, 4, 4]), front_row: (288, &[6, 12, 6]), ga: 740, tickets_max: 8 };
#[rustfmt::skip]
const NIEBLA: DemoVenue = DemoVenue { name: "Teatro de la Niebla", city: "Bogotá", country: "CO", zone: America::Bogota, currency: "COP",
    vip: (50, &[5, 5]), front_row: (200, &[10, 10]), ga: 650, tickets_max: 10 };
#[rustfmt::skip]
const KOWHAI: DemoVenue = DemoVenue { name: "The Kōwhai Rooms", city: "Auckland", country: "NZ", zone: Pacific::Auckland, currency: "NZD",
    vip: (16, &[4, 4]), front_row: (48, &[6, 6]), ga: 236, tickets_max: 6 };
#[rustfmt::skip]
const ACACIA: DemoVenue = DemoVenue { name: "Acacia Grounds", city: "Nairobi", country: "KE", zone: Africa::Nairobi, currency: "KES",
    vip: (90, &[10]), front_row: (360, &[15, 15]), ga: 5500, tickets_max: 10 };

/// The programme by date. The first has 1,300 tickets, the stadium 50,000.
#[rustfmt::skip]
const DEMO_EVENTS: &[DemoEvent] = &[
    DemoEvent { venue: &CAIS, in_days: 7, on: None, at: (20, 30), sale_in_days: None,
        name: "Velvet Almanac: The Long Way Home",
        description: "The five-piece from Porto bring their third album home after two years on the road. Expect \
            the brass section, the slow songs by candlelight, and a crowd that knows every word." },
    DemoEvent { venue: &KELLER_NEUN, in_days: 10, on: Some(Weekday::Thu), at: (20, 30), sale_in_days: None,
        name: "Ida Brandt Trio",
        description: "Piano, bass and brushes in a brick vault under Kreuzberg. The trio play two sets of new \
            material before they record it; the bar stays closed while they do." },
    DemoEvent { venue: &HARBOURLINE, in_days: 16, on: Some(Weekday::Sat), at: (20, 0), sale_in_days: None,
        name: "Marcus Adeyemi-Clarke: Mildly Alarming",
        description: "An hour and a half of stand-up about moving back in with your parents at forty. Sold out \
            twice on its first run; strong language, no interval." },
    DemoEvent { venue: &KAZEHANA, in_days: 23, on: Some(Weekday::Fri), at: (19, 0), sale_in_days: None,
        name: "Hoshizora Chamber Orchestra: Night Serenades",
        description: "Serenades for strings by candlelight, led from the first desk by Emi Tachibana. The \
            programme closes with a new work for koto and orchestra, heard here for the first time." },
    DemoEvent { venue: &SALTMARSH, in_days: 31, on: Some(Weekday::Sat), at: (19, 0), sale_in_days: None,
        name: "Neon Herons: Tidal",
        description: "Four synthesisers, two drummers and a wall of light. The duo turned collective open their \
            arena tour with the whole of Tidal, played front to back." },
    DemoEvent { venue: &MARULA, in_days: 38, on: Some(Weekday::Sat), at: (19, 0), sale_in_days: None,
        name: "Sundown Sessions: Thandeka Molefe & Friends",
        description: "Songs in isiXhosa and English under the mountain, with a nine-piece band and three surprise \
            guests. Bring a blanket: the terraces cool down after dark." },
    DemoEvent { venue: &VARZEA, in_days: 45, on: Some(Weekday::Sat), at: (20, 0), sale_in_days: None,
        name: "Maré Alta: A Última Volta",
        description: "The farewell concert of the biggest band of its generation, in the stadium where it all \
            began. Fifty thousand people, three hours, every hit. Gates open at four in the afternoon." },
    DemoEvent { venue: &WATTLE, in_days: 52, on: Some(Weekday::Wed), at: (19, 30), sale_in_days: None,
        name: "The Glass Orchard",
        description: "A new opera in two acts about three sisters, a drought and a greenhouse. Sung in English \
            with surtitles; one interval of twenty-five minutes." },
    DemoEvent { venue: &WATTLE, in_days: 53, on: Some(Weekday::Thu), at: (19, 30), sale_in_days: None,
        name: "The Glass Orchard",
        description: "A new opera in two acts about three sisters, a drought and a greenhouse. Sung in English \
            with surtitles; one interval of twenty-five minutes." },
    DemoEvent { venue: &WATTLE, in_days: 54, on: Some(Weekday::Fri), at: (19, 30), sale_in_days: None,
        name: "The Glass Orchard",
        description: "A new opera in two acts about three sisters, a drought and a greenhouse. Sung in English \
            with surtitles; one interval of twenty-five minutes." },
    DemoEvent { venue: &FERRYWORKS, in_days: 60, on: Some(Weekday::Fri), at: (20, 0), sale_in_days: None,
        name: "Low Country Radio",
        description: "Slide guitar, three-part harmony and stories from the coast. The quartet play their first \
            New York club date since the record that everybody's older sister owns." },
    DemoEvent { venue: &NEXUS, in_days: 70, on: Some(Weekday::Sat), at: (19, 0), sale_in_days: Some(3),
        name: "Crown Circuit Grand Final",
        description: "The two best teams of the season meet in a best of five for the cup. Live casting in Korean \
            and English, cosplay parade in the foyer from five." },
    DemoEvent { venue: &JACARANDA, in_days: 79, on: Some(Weekday::Thu), at: (20, 30), sale_in_days: None,
        name: "Cuerda y Fuelle: Tango de Cámara",
        description: "Two bandoneons, string quartet and a dancer who hardly leaves the floor. Old tangos in new \
            arrangements, and a milonga in the foyer afterwards until midnight." },
    DemoEvent { venue: &RAINTREE, in_days: 88, on: Some(Weekday::Fri), at: (20, 0), sale_in_days: None,
        name: "Paper Tigers, Paper Moons",
        description: "Shadow puppets taller than a house and a live gamelan tell the story of a lighthouse \
            keeper's daughter. For everybody over seven; ninety minutes without interval." },
    DemoEvent { venue: &DHOW, in_days: 97, on: Some(Weekday::Thu), at: (20, 0), sale_in_days: None,
        name: "Layla Al-Nouri Sings the Gulf",
        description: "Pearl-divers' songs and new compositions with oud, qanun and string orchestra. The singer's \
            first concert at home in six years, in a hall made for unamplified voices." },
    DemoEvent { venue: &OBSIDIANA, in_days: 106, on: Some(Weekday::Sat), at: (20, 30), sale_in_days: None,
        name: "Los Faroles del Sur",
        description: "Cumbia with a brass band's lungs and a punk band's manners. The seats in front are for those \
            who want to look; everybody else should bring shoes to dance in." },
    DemoEvent { venue: &YASMINE, in_days: 115, on: Some(Weekday::Fri), at: (20, 0), sale_in_days: None,
        name: "Nuits de Jasmin: Ensemble Malouf Nour",
        description: "An evening of malouf by an ensemble of fourteen, from slow noubas to dances that empty the \
            seats. The open courtyard smells the way the title promises." },
    DemoEvent { venue: &KOWHAI, in_days: 124, on: Some(Weekday::Fri), at: (20, 0), sale_in_days: None,
        name: "Wren & the Weather",
        description: "Indie folk from the South Island, quiet enough to hear the rain on the roof. Support comes \
            from the winner of the Rooms' own songwriting night." },
    DemoEvent { venue: &KOWHAI, in_days: 132, on: None, at: (19, 30), sale_in_days: None,
        name: "Tide Tables: Silent Seas with Live Piano",
        description: "Five short films from a hundred years of filming the sea, none of them with a word of sound. \
            The piano knows them all by heart." },
    DemoEvent { venue: &BASALT, in_days: 134, on: Some(Weekday::Thu), at: (20, 30), sale_in_days: None,
        name: "Sólrún: Solo Electronics",
        description: "One performer, one modular synthesiser, no two evenings alike. A hundred and fifty tickets \
            and no more, because the sound is made for the middle of the room." },
    DemoEvent { venue: &BANYAN, in_days: 143, on: Some(Weekday::Sat), at: (19, 0), sale_in_days: None,
        name: "Nritya Sangam: Seven Rivers",
        description: "Bharatanatyam, Odissi and Kathak share a stage and a live orchestra. Choreographer Revathi \
            Nair follows seven rivers from their springs to the sea." },
    DemoEvent { venue: &GRANIT, in_days: 153, on: Some(Weekday::Tue), at: (19, 0), sale_in_days: None,
        name: "Compile Time: An Evening of Systems Talks",
        description: "Six speakers, twenty minutes each, on databases that lie, clocks that drift and compilers \
            that are right. Questions are answered over dinner in the foyer." },
    DemoEvent { venue: &LAGOON, in_days: 163, on: Some(Weekday::Sat), at: (20, 0), sale_in_days: None,
        name: "Highlife Forever: Chief Okoro's Big Band",
        description: "Twenty-two musicians, eight dancers and a repertoire of five decades. The band plays until \
            the last table is on its feet." },
    DemoEvent { venue: &NIEBLA, in_days: 173, on: Some(Weekday::Fri), at: (20, 0), sale_in_days: None,
        name: "La Casa de los Relojes",
        description: "A comedy of errors in a house where every clock shows a different hour. The company's tenth \
            season opens with the play that made its name." },
    DemoEvent { venue: &ACACIA, in_days: 184, on: Some(Weekday::Sat), at: (19, 0), sale_in_days: None,
        name: "Rift Valley Nights Festival",
        description: "Benga, Afro-house and taarab on two stages under the acacias. Eleven acts, food from the \
            whole coast, and shuttle buses back to town until three." },
    DemoEvent { venue: &FERRYWORKS, in_days: 192, on: None, at: (18, 0), sale_in_days: None,
        name: "The Cartographers: After Hours",
        description: "Maps of places that do not exist, drawn by people who have been there. One evening of the \
            exhibition with the lights low and the makers in the room." },
    DemoEvent { venue: &HARBOURLINE, in_days: 197, on: Some(Weekday::Thu), at: (19, 30), sale_in_days: None,
        name: "Northern Line Dance Company: Thaw",
        description: "Twelve dancers, four tonnes of ice and a stage that is a lake by the end. The first two rows \
            are issued with blankets." },
    DemoEvent { venue: &SALTMARSH, in_days: 210, on: Some(Weekday::Fri), at: (20, 0), sale_in_days: None,
        name: "Priya Raman: Arena Mode",
        description: "The comedian who swore that she would never play a room with a scoreboard plays a room with \
            a scoreboard. New material, live band, and a raffle that nobody understands." },
    DemoEvent { venue: &KAZEHANA, in_days: 224, on: Some(Weekday::Sat), at: (19, 0), sale_in_days: None,
        name: "Blue Lacquer Quartet",
        description: "Four of the country's finest jazz players in a tribute to the smoky kissaten of the \
            seventies. All requests are considered; few are granted." },
    DemoEvent { venue: &CAIS, in_days: 239, on: Some(Weekday::Fri), at: (20, 0), sale_in_days: None,
        name: "Fado ao Leme: Teresa Vilar",
        description: "A voice, a Portuguese guitar, a viola and the river behind the glass. Teresa Vilar sings the \
            songs of the harbour quarters where she grew up." },
    DemoEvent { venue: &FERRYWORKS, in_days: 255, on: Some(Weekday::Wed), at: (19, 0), sale_in_days: None,
        name: "The Understudies: Improvised Musical",
        description: "You shout a title, they write the musical: two acts, eight songs and a finale that has never \
            been heard before. Nor will it be again." },
    DemoEvent { venue: &WATTLE, in_days: 270, on: Some(Weekday::Sat), at: (20, 0), sale_in_days: None,
        name: "Southern Cross Philharmonia: The Planets Next Door",
        description: "A symphonic voyage with pictures from the newest telescopes, and a choir of a hundred and \
            twenty. An astronomer introduces each movement." },
    DemoEvent { venue: &GRANIT, in_days: 284, on: Some(Weekday::Sat), at: (19, 0), sale_in_days: None,
        name: "Ljusår: Forty Voices and a Cello",
        description: "Forty voices and one cello in a hall lit by a thousand candles. The programme runs from \
            medieval hymns to a lullaby written for this evening." },
    DemoEvent { venue: &KELLER_NEUN, in_days: 297, on: Some(Weekday::Fri), at: (20, 30), sale_in_days: None,
        name: "Static Garden",
        description: "Shoegaze from Leipzig, played loud enough to rearrange the furniture. Earplugs are free at \
            the bar; so is the apology to the neighbours." },
];

/// Creates the demo events, of this organisation, unless there is any event already. Returns how many it created. Of several
/// processes that start at once, one creates them.
///
/// # Errors
/// Those of [`create`]; the events created before stay.
pub async fn seed(db: &Db, organisation: OrganisationNo) -> Result<usize, CreateError> {
    let mut guard = db.get().await?;
    // The second process waits here, then finds the events of the first.
    let lock = guard.transaction().await?;
    lock.batch_execute("SELECT pg_advisory_xact_lock(hashtext('boxoffice demo events'))")
        .await?;
    let row = lock
        .query_one(
            "SELECT now() AS now, EXISTS (SELECT FROM events) AS taken",
            &[],
        )
        .await?;
    if row.get("taken") {
        return Ok(0);
    }
    for event in DEMO_EVENTS {
        create(db, &new_event(event, organisation, row.get("now"))?).await?;
    }
    lock.commit().await?;
    Ok(DEMO_EVENTS.len())
}

fn new_event(
    event: &DemoEvent,
    organisation: OrganisationNo,
    now: Timestamp,
) -> Result<NewEvent, CreateError> {
    let venue = event.venue;
    let currency: Currency = venue.currency.parse().map_err(|_| wrong(event))?;
    let starts_at = starts_at(event, now).ok_or_else(|| wrong(event))?;
    let place = facts::place_of(venue.name).ok_or_else(|| wrong(event))?;
    Ok(NewEvent {
        charges: Charges::default(),
        organisation,
        contact: ContactRule::Optional,
        name: event.name.to_owned(),
        description: event.description.to_owned(),
        starts_at,
        on_sale_at: event.sale_in_days.map(|days| now + Days::new(days)),
        currency,
        max_tickets_per_booking: venue.tickets_max,
        max_tickets_per_buyer: None,
        hold_seconds: None,
        picture: None,
        venue: NewVenue {
            name: venue.name.to_owned(),
            city: venue.city.to_owned(),
            country: venue.country.to_owned(),
            time_zone: venue.zone,
            address: Some(place.address.to_owned()),
            accessibility: place.accessibility.to_vec(),
        },
        facts: facts::of(event.name, starts_at).ok_or_else(|| wrong(event))?,
        tiers: tiers(venue, currency).ok_or_else(|| wrong(event))?,
    })
}

fn wrong(event: &DemoEvent) -> CreateError {
    CreateError::Invalid(format!("the demo event {} makes no sense", event.name))
}

fn starts_at(event: &DemoEvent, now: Timestamp) -> Option<Timestamp> {
    let zone = event.venue.zone;
    let earliest = now.with_timezone(&zone).date_naive() + Days::new(event.in_days);
    let date = on_weekday(earliest, event.on)?;
    let time = NaiveTime::from_hms_opt(event.at.0, event.at.1, 0)?;
    let local = zone.from_local_datetime(&date.and_time(time)).earliest()?;
    Some(local.to_utc())
}

/// The first such day on or after `earliest`.
fn on_weekday(earliest: NaiveDate, weekday: Option<Weekday>) -> Option<NaiveDate> {
    let wanted = |day: &NaiveDate| weekday.is_none_or(|weekday| day.weekday() == weekday);
    earliest.iter_days().take(7).find(wanted)
}

/// What costs a dollar in the United States costs so many tenths of a unit of this currency: round prices that a
/// reader would believe, no rates.
fn tenths_for_a_dollar(currency: Currency) -> i64 {
    match currency.code() {
        "COP" => 40_000,
        "ARS" | "KRW" | "NGN" => 10_000,
        "JPY" => 1_500,
        "ISK" | "KES" => 1_000,
        "INR" => 400,
        "MXN" | "ZAR" => 200,
        "SEK" => 100,
        "BRL" => 50,
        "TND" => 30,
        "KWD" => 3,
        _ => 10,
    }
}

/// Demo halls are level at the back: the ends of a tier's last full row are places for wheelchairs, with a seat
/// beside each for who comes along.
fn kinds(capacity: i32, blocks: &[i16]) -> Vec<(Position, SeatKind)> {
    let width = blocks.iter().copied().map(i32::from).sum();
    let row = capacity / width;
    let ends = [
        (1, SeatKind::Wheelchair),
        (2, SeatKind::Companion),
        (width - 1, SeatKind::Companion),
        (width, SeatKind::Wheelchair),
    ];
    let ends = ends.map(|(number, kind)| (Position { row, number }, kind));
    ends.to_vec()
}

fn tiers(venue: &DemoVenue, currency: Currency) -> Option<Vec<NewTier>> {
    let tenths = tenths_for_a_dollar(currency) * 10_i64.pow(currency.exponent());
    let tier = |code: &str, name: &str, dollars: i64, capacity: i32, blocks: Option<&[i16]>| {
        Some(NewTier {
            code: code.parse().ok()?,
            name: name.to_owned(),
            price_minor: dollars * tenths / 10,
            capacity,
            row_blocks: blocks.map(<[i16]>::to_vec),
            kinds: blocks.map_or_else(Vec::new, |blocks| kinds(capacity, blocks)),
        })
    };
    let (vip, front_row) = (venue.vip, venue.front_row);
    Some(vec![
        tier("vip", "VIP", 100, vip.0, Some(vip.1))?,
        tier("front-row", "Front Row", 50, front_row.0, Some(front_row.1))?,
        tier("ga", "GA", 10, venue.ga, None)?,
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_programme_is_in_order_and_ahead_on_any_day_of_the_year() {
        for day in 0..366 {
            let now =
                Timestamp::from_timestamp(1_800_000_000 + day * 86_400 + day * 60, 0).unwrap();
            let events: Vec<_> = DEMO_EVENTS
                .iter()
                .map(|event| new_event(event, OrganisationNo::FIRST, now).unwrap())
                .collect();
            assert!(events.is_sorted_by_key(|event| event.starts_at));
            assert!(events[0].starts_at > now + Days::new(6));
            assert!(
                events
                    .iter()
                    .all(|event| event.on_sale_at.is_none_or(|at| at < event.starts_at))
            );
        }
    }

    #[test]
    fn prices_are_such_as_a_reader_would_believe() {
        let prices = |venue: &DemoVenue| {
            let tiers = tiers(venue, venue.currency.parse().unwrap()).unwrap();
            tiers
                .iter()
                .map(|tier| tier.price_minor)
                .collect::<Vec<_>>()
        };
        assert_eq!(prices(&FERRYWORKS), [10_000, 5_000, 1_000]);
        assert_eq!(prices(&KAZEHANA), [15_000, 7_500, 1_500]);
        let dinars = DEMO_EVENTS
            .iter()
            .find(|event| event.venue.currency == "KWD");
        assert_eq!(prices(dinars.unwrap().venue), [30_000, 15_000, 3_000]);
    }

    #[test]
    fn the_first_event_has_1300_tickets_and_the_largest_50000() {
        let tickets = |venue: &DemoVenue| [venue.vip.0, venue.front_row.0, venue.ga];
        assert_eq!(tickets(DEMO_EVENTS[0].venue), [100, 200, 1_000]);
        let totals = DEMO_EVENTS
            .iter()
            .map(|event| tickets(event.venue).iter().sum::<i32>());
        assert_eq!(totals.max(), Some(50_000));
    }
}
