using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.Downlinks;

internal static class DownlinkTexts
{
    public static readonly Text Title = new("Downlinks", "Downlinks");
    public static readonly Text Send = new("Send til enheden", "Send to the device");
    public static readonly Text OfSigfox = new("Præcis 8 byte. De venter, til enheden selv spørger efter dem, og erstatter dem, der venter i forvejen.", "Exactly 8 bytes. They wait until the device itself asks for them, and replace what waits already.");
    public static readonly Text OfLoRaWan = new("Op til 242 byte, alt efter datahastighed. De sendes, når enheden lytter, og erstatter dem, der venter i forvejen.", "Up to 242 bytes, depending on the data rate. They are sent when the device listens, and replace what waits already.");
    public static readonly Text OfMqtt = new("Sendes til enhedens emne for downlinks, så snart den lytter.", "Sent to the device's topic for downlinks as soon as it listens.");
    public static readonly Text Form = new("Indhold som", "Content as");
    public static readonly Text Bytes = new("Byte, hexadecimalt", "Bytes, hexadecimal");
    public static readonly Text BytesHint = new("To cifre for hver byte, for eksempel 01a2ff.", "Two digits for each byte, for example 01a2ff.");
    public static readonly Text Json = new("JSON gennem decoderens encodeDownlink", "JSON through the decoder's encodeDownlink");
    public static readonly Text JsonField = new("JSON", "JSON");
    public static readonly Text JsonHint = new("Det, som decoderens funktion encodeDownlink laver om til byte.", "What the decoder's function encodeDownlink turns into bytes.");
    public static readonly Text NotJson = new("Det er ikke gyldig JSON.", "This is not valid JSON.");
    public static readonly Text Port = new("Port", "Port");
    public static readonly Text PortHint = new("1 til 223, som enheden venter det.", "1 to 223, as the device expects it.");
    public static readonly Text NotAPort = new("Skriv et helt tal.", "Enter a whole number.");
    public static readonly Text Confirmed = new("Enheden skal kvittere", "The device must acknowledge");
    public static readonly Text SendAction = new("Send", "Send");
    public static readonly Text NowWaiting = new("Beskeden venter på enheden.", "The message waits for the device.");
    public static readonly Text Sent = new("Sendte downlinks", "Downlinks so far");
    public static readonly Text NothingSent = new("Der er ikke sendt noget til enheden endnu.", "Nothing has been sent to the device yet.");
    public static readonly Text Data = new("Indhold", "Content");
    public static readonly Text Asked = new("Bestilt", "Asked for");
    public static readonly Text WentOut = new("Afsendt", "Sent");
    public static readonly Text Answered = new("Kvitteret", "Acknowledged");
    public static readonly Text Error = new("Årsag", "Reason");
    public static readonly Text Flush = new("Træk det tilbage, der venter", "Take back what waits");
    public static readonly Text Flushed = new("{0} downlinks blev trukket tilbage.", "{0} downlinks were taken back.");

    public static readonly Text Pending = new("Venter", "Waiting");
    public static readonly Text Queued = new("I netværkets kø", "In the network's queue");
    public static readonly Text IsSent = new("Sendt", "Sent");
    public static readonly Text Acknowledged = new("Modtaget af enheden", "Received by the device");
    public static readonly Text Failed = new("Nåede ikke frem", "Did not get there");
    public static readonly Text TakenBack = new("Trukket tilbage", "Taken back");
}
