using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.Devices;

internal static class MqttTexts
{
    public static readonly Text InternalHint = new("Enheden logger på vores broker og sender til sit eget emne.", "The device signs in at our broker and publishes to a topic of its own.");
    public static readonly Text ExternalHint = new("Vi logger på en broker hos andre og abonnerer på et emne. Alt, der kommer dér, er denne enheds.", "We sign in at a broker of others and subscribe to a topic. Everything that comes there is this device's.");
    public static readonly Text HttpHint = new("Enheden sender med HTTP og får sin egen API-nøgle.", "The device sends by HTTP and gets an API key of its own.");

    public static readonly Text Mqtt = new("MQTT", "MQTT");
    public static readonly Text Pem = new("PEM", "PEM");
    public static readonly Text Pkcs12 = new("PKCS#12", "PKCS#12");
    public static readonly Text Connection = new("Forbindelse", "Connection");
    public static readonly Text Authentication = new("Legitimation", "Credential");
    public static readonly Text ByPassword = new("Brugernavn og adgangskode", "User name and password");
    public static readonly Text ByCertificate = new("Certifikat", "Certificate");
    public static readonly Text CertificateIssued = new("Vi udsteder certifikatet. Det kan hentes, når enheden er gemt.", "We issue the certificate. It can be downloaded once the device is saved.");
    public static readonly Text Username = new("Brugernavn", "User name");
    public static readonly Text UsernameHint = new("Skal være unikt på hele installationen.", "Must be unique in the whole installation.");
    public static readonly Text Password = new("Adgangskode", "Password");
    public static readonly Text Url = new("Brokerens adresse", "Address of the broker");
    public static readonly Text UrlHint = new("mqtts://, mqtt://, wss:// eller ws://, f.eks. mqtts://broker.example.dk", "mqtts://, mqtt://, wss:// or ws://, for example mqtts://broker.example.dk");
    public static readonly Text Port = new("Port", "Port");
    public static readonly Text Topic = new("Emne", "Topic");
    public static readonly Text TopicHint = new("+ står for ét niveau, # for alle følgende, f.eks. sensorer/+/data", "+ stands for one level, # for all that follow, for example sensors/+/data");
    public static readonly Text Qos = new("Leveringsgaranti (QoS)", "Quality of service (QoS)");
    public static readonly Text Qos0 = new("0 – højst én gang", "0 – at most once");
    public static readonly Text Qos1 = new("1 – mindst én gang", "1 – at least once");
    public static readonly Text Qos2 = new("2 – præcis én gang", "2 – exactly once");
    public static readonly Text Authority = new("CA-certifikat (PEM)", "CA certificate (PEM)");
    public static readonly Text AuthorityHint = new("Kun hvis brokerens certifikat er udstedt af jeres egen CA. Certifikatet kontrolleres altid.", "Only if the broker's certificate is of a CA of your own. The certificate is always verified.");
    public static readonly Text ClientCertificate = new("Klientcertifikat (PEM)", "Client certificate (PEM)");
    public static readonly Text ClientKey = new("Klientcertifikatets nøgle (PEM)", "Key of the client certificate (PEM)");
    public static readonly Text NotAPort = new("Skriv et helt tal fra 0 til 65535; 0 er protokollens egen port.", "Enter a whole number from 0 to 65535; 0 is the protocol's own port.");
    public static readonly Text AddressWrong = new("Skriv en adresse, der begynder med mqtts://, mqtt://, wss:// eller ws://.", "Enter an address that begins with mqtts://, mqtt://, wss:// or ws://.");

    public static readonly Text SendHint = new("Send en måling til enheden fra en terminal. Linjerne gemmer de nødvendige certifikater i filer og sender.", "Send a measurement to the device from a terminal. The lines keep the certificates that are needed in files, and send.");
    public static readonly Text CopyLine = new("Kopier linjen", "Copy the line");
    public static readonly Text ShowLine = new("Vis med adgangskode og certifikater", "Show with password and certificates");
    public static readonly Text SecretHidden = new("Adgangskode og certifikat vises kun for dem, der må ændre enheden.", "Password and certificate are shown only to those who may change the device.");
    public static readonly Text Host = new("Broker", "Broker");
    public static readonly Text DownlinkTopic = new("Emne for beskeder til enheden", "Topic of messages to the device");
    public static readonly Text Certificate = new("Certifikat", "Certificate");
    public static readonly Text CertificateOf = new("Certifikat til {0}", "Certificate of {0}");
    public static readonly Text CertificateLead = new("Filen har enhedens private nøgle. Giv den kun til enheden.", "The file has the device's private key. Give it to the device only.");
    public static readonly Text DownloadPem = new("Hent PEM", "Download PEM");
    public static readonly Text DownloadPkcs12 = new("Hent PKCS#12", "Download PKCS#12");
    public static readonly Text PemHint = new("Nøgle, certifikat og CA i én tekstfil.", "Key, certificate and CA in one text file.");
    public static readonly Text FilePassword = new("Adgangskode til filen", "Password of the file");
    public static readonly Text FilePasswordMissing = new("Skriv en adgangskode til filen.", "Enter a password for the file.");
    public static readonly Text Renew = new("Forny", "Renew");
    public static readonly Text RenewTitle = new("Nyt certifikat", "New certificate");
    public static readonly Text RenewHint = new("Det tidligere certifikat gælder stadig så længe, så enheden kan nå at få det nye. 0 spærrer det nu.", "The former certificate stays good for so long, so that the device can be brought the new one. 0 revokes it now.");
    public static readonly Text OverlapDays = new("Dage, hvor begge gælder", "Days on which both are good");
    public static readonly Text Renewed = new("Enheden har fået et nyt certifikat.", "The device has a new certificate.");

    public static readonly Text Connected = new("Forbundet", "Connected");
    public static readonly Text Connecting = new("Forbinder", "Connecting");
    public static readonly Text Failed = new("Opgivet", "Given up");
    public static readonly Text NotTried = new("Ikke forsøgt endnu", "Not tried yet");
    public static readonly Text FailedHint = new("Vi prøver ikke igen, før indstillingerne gemmes.", "We do not try again until the settings are saved.");
    public static readonly Text Since = new("siden", "since");
    public static readonly Text Reason = new("Årsag", "Reason");
    public static readonly Text SaveToRetry = new("Ret indstillingerne", "Change the settings");
}
