//! Crockford's base 32, for what people read out and type in: without I, L, O and U.
//! <https://www.crockford.com/base32.html>

/// The digits of the values 0 to 31.
pub const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The values of so many digits as somebody types them: in any case, with spaces or dashes, with O for 0 and I or L
/// for 1. `None` if it is anything else.
pub fn read<const N: usize>(text: &str) -> Option<[u8; N]> {
    let (mut values, mut count) = ([0; N], 0);
    for letter in text.trim().chars().filter(|c| !matches!(c, ' ' | '-')) {
        let digit = match letter.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            digit => digit,
        };
        let value = DIGITS
            .iter()
            .position(|&known| char::from(known) == digit)?;
        *values.get_mut(count)? = value as u8;
        count += 1;
    }
    (count == N).then_some(values)
}
