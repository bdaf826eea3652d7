using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.Devices;

internal static class DeviceTexts
{
    public static readonly Text New = new("Tilføj IoT-enhed", "Add IoT device");
    public static readonly Text EditTitle = new("Rediger IoT-enhed", "Edit IoT device");
    public static readonly Text EmptyTitle = new("Ingen IoT-enheder endnu", "No IoT devices yet");
    public static readonly Text EmptyText = new("Tilføj den første. Den får sin egen API-nøgle og en adresse at sende til.", "Add the first one. It gets an API key of its own and an address to send to.");
    public static readonly Text EmptyTextReader = new("En applikationsadministrator kan tilføje dem.", "An application administrator can add them.");
    public static readonly Text Network = new("Netværksteknologi", "Network technology");
    public static readonly Text GenericHttp = new("Generisk HTTP", "Generic HTTP");
    public static readonly Text LoRaWan = new("LoRaWAN", "LoRaWAN");
    public static readonly Text Recovered = new("Hentet bagefter", "Fetched afterwards");
    public static readonly Text Sigfox = new("Sigfox", "Sigfox");
    public static readonly Text MqttInternal = new("MQTT-enhed (forbinder til os)", "MQTT device (connects to us)");
    public static readonly Text MqttExternal = new("MQTT-abonnement (vi forbinder til en broker)", "MQTT subscription (we connect to a broker)");

    public static readonly Text DeviceName = new("Enhedsnavn", "Device name");
    public static readonly Text Comment = new("Kommentar", "Comment");
    public static readonly Text Location = new("Placering", "Location");
    public static readonly Text NoLocation = new("Ingen placering", "No location");
    public static readonly Text Latitude = new("Breddegrad", "Latitude");
    public static readonly Text Longitude = new("Længdegrad", "Longitude");
    public static readonly Text LatitudeHint = new("F.eks. 56,162939", "For example 56.162939");
    public static readonly Text LongitudeHint = new("F.eks. 10,203921", "For example 10.203921");
    public static readonly Text LocationDescription = new("Beskrivelse af placering", "Location description");
    public static readonly Text Metadata = new("Metadata", "Metadata");
    public static readonly Text MetadataHint = new("Ét par på hver linje, f.eks. etage = 2", "One pair on each line, for example floor = 2");
    public static readonly Text MetadataLine = new("Skriv hver linje som nøgle = værdi.", "Write each line as key = value.");
    public static readonly Text BothCoordinates = new("Angiv både bredde- og længdegrad, eller ingen af dem.", "Give both latitude and longitude, or neither.");
    public static readonly Text DeleteConsequence = new("Enhedens beskeder slettes med den, og data sendt med dens API-nøgle afvises.", "The device's messages are deleted with it, and data sent with its API key is refused.");

    public static readonly Text ApiCall = new("API-kald", "API call");
    public static readonly Text ApiCallHint = new("Send målinger til enheden med dette kald.", "Send measurements to the device with this call.");
    public static readonly Text ShowKey = new("Vis API-nøglen", "Show the API key");
    public static readonly Text KeyHidden = new("API-nøglen vises kun for dem, der må ændre enheden.", "The API key is shown only to those who may change the device.");
    public static readonly Text CopyCall = new("Kopier kald", "Copy call");
    public static readonly Text NoIngest = new("Adressen er ikke sat op på denne installation (Ingest:PublicUrl).", "This installation has no address set (Ingest:PublicUrl).");
    public static readonly Text KeyFacts = new("Nøgletal", "Key facts");
    public static readonly Text SignalQuality = new("Signal", "Signal");

    public static readonly Text ConnectionsHint = new("Hvor enhedens data sendes hen, og hvilken payload decoder der bruges.", "Where the device's data goes, and which payload decoder is used.");
    public static readonly Text NoConnections = new("Ingen forbindelser endnu. Beskeder gemmes, men sendes ingen steder hen.", "No connections yet. Messages are stored but sent nowhere.");

    public static readonly Text Messages = new("Beskeder", "Messages");
    public static readonly Text NoMessagesTitle = new("Ingen beskeder endnu", "No messages yet");
    public static readonly Text NoMessagesText = new("Prøv kaldet ovenfor. Den første besked vises her, så snart den kommer.", "Try the call above. The first message appears here as soon as it arrives.");
    public static readonly Text NoMessagesPlain = new("Den første besked vises her, så snart den kommer.", "The first message appears here as soon as it arrives.");
    public static readonly Text OlderTitle = new("Ældre beskeder", "Older messages");
    public static readonly Text Newest = new("Nyeste beskeder", "Newest messages");
    public static readonly Text Reload = new("Opdater", "Reload");
    public static readonly Text Live = new("Live", "Live");
    public static readonly Text Connecting = new("Forbinder", "Connecting");
    public static readonly Text Reconnecting = new("Forbinder igen", "Reconnecting");
    public static readonly Text Paused = new("Pauset", "Paused");
    public static readonly Text Pause = new("Pause", "Pause");
    public static readonly Text Resume = new("Fortsæt", "Resume");
    public static readonly Text OneNew = new("Ny besked modtaget", "New message received");
    public static readonly Text ManyNew = new("{0} nye beskeder modtaget", "{0} new messages received");

    public static readonly Text Received = new("Modtaget", "Received");
    public static readonly Text Raw = new("Rå data", "Raw data");
    public static readonly Text DecodedBy = new("Decodet af {0}", "Decoded by {0}");
    public static readonly Text DecoderFailed = new("Decoderen fejlede", "The decoder failed");
    public static readonly Text NotDecoded = new("Ikke decodet.", "Not decoded.");
    public static readonly Text Version = new("version {0}", "version {0}");
    public static readonly Text Deliveries = new("Leveringer", "Deliveries");
    public static readonly Text NoDeliveries = new("Ikke sendt videre.", "Not sent on.");
    public static readonly Text Delivered = new("Leveret", "Delivered");
    public static readonly Text Pending = new("Venter", "Waiting");
    public static readonly Text NextTryAt = new("næste forsøg kl. {0}", "next try at {0}");
    public static readonly Text Dead = new("Opgivet", "Dead letter");
    public static readonly Text Attempts = new("Forsøg", "Attempts");
    public static readonly Text AttemptNumber = new("Forsøg {0}", "Attempt {0}");
    public static readonly Text GoneTarget = new("Slettet datatarget", "Deleted data target");
    public static readonly Text GoneDecoder = new("slettet decoder", "deleted decoder");
    public static readonly Text Milliseconds = new("{0} ms", "{0} ms");
    public static readonly Text HttpStatus = new("HTTP {0}", "HTTP {0}");
    public static readonly Text ReceivedOk = new("Modtaget af datatarget", "Taken by the target");

    public static string NetworkOf(string type) => type switch
    {
        "GENERIC_HTTP" => GenericHttp,
        "LORAWAN" => LoRaWan,
        "SIGFOX" => Sigfox,
        "MQTT_INTERNAL_BROKER" => MqttInternal,
        "MQTT_EXTERNAL_BROKER" => MqttExternal,
        _ => type,
    };
}
