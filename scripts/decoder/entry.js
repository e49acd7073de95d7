// Reads a QR code in an image, for browsers without a BarcodeDetector: `readQr({ width, height, data })` answers its text,
// and throws if there is none.
import decodeQR from "qr/decode.js";

window.readQr = decodeQR;
