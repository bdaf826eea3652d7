using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.Sigfox;

internal static class SigfoxTexts
{
    public static readonly Text Sigfox = new("Sigfox", "Sigfox");
    public static readonly Text Lead = new("En Sigfox-gruppe er organisationens adgang til Sigfox. Enhedstyper og enheder hentes gennem den.", "A Sigfox group is the organization's access to Sigfox. Device types and devices are reached through it.");
    public static readonly Text Groups = new("Sigfox-grupper", "Sigfox groups");
    public static readonly Text NewGroup = new("Tilføj Sigfox-gruppe", "Add Sigfox group");
    public static readonly Text EditGroup = new("Skift login til Sigfox", "Change the login at Sigfox");
    public static readonly Text GroupHint = new("API-brugerens id og hemmelighed fra Sigfox' portal. De prøves, før de gemmes, og vises aldrig igen.", "The API user's id and secret from Sigfox's portal. They are tried before they are saved, and never shown again.");
    public static readonly Text Username = new("API-brugerens login", "API user's login");
    public static readonly Text Password = new("API-brugerens hemmelighed", "API user's secret");
    public static readonly Text NoGroupsTitle = new("Ingen Sigfox-grupper endnu", "No Sigfox groups yet");
    public static readonly Text NoGroupsText = new("Tilføj den første med en API-bruger fra Sigfox' portal.", "Add the first one with an API user from Sigfox's portal.");
    public static readonly Text NoGroupsReader = new("En applikationsadministrator kan tilføje dem.", "An application administrator can add them.");
    public static readonly Text GroupAtSigfox = new("Gruppe hos Sigfox", "Group at Sigfox");
    public static readonly Text Reached = new("Sigfox svarer", "Sigfox answers");
    public static readonly Text NotReached = new("Sigfox svarer ikke", "Sigfox does not answer");

    public static readonly Text Types = new("Enhedstyper", "Device types");
    public static readonly Text NewType = new("Tilføj enhedstype", "Add device type");
    public static readonly Text EditType = new("Rediger enhedstype", "Edit device type");
    public static readonly Text NoTypes = new("Sigfox har ingen enhedstyper i denne gruppe endnu.", "Sigfox has no device types in this group yet.");
    public static readonly Text Contract = new("Kontrakt", "Contract");
    public static readonly Text KeepAlive = new("Timer uden beskeder, før enheden regnes for tabt", "Hours without messages before the device counts as lost");
    public static readonly Text KeepAliveHint = new("Mindst en halv time. Tomt for aldrig.", "At least half an hour. Empty for never.");
    public static readonly Text AlertEmail = new("E-mail ved problemer", "E-mail on trouble");
    public static readonly Text TypeId = new("Id hos Sigfox", "Id at Sigfox");

    public static readonly Text Callbacks = new("Callbacks", "Callbacks");
    public static readonly Text CallbacksHint = new("OS2iot opretter selv de callbacks, som Sigfox sender beskeder med, ser til dem hver time og retter dem.", "OS2iot itself creates the callbacks by which Sigfox sends messages, looks after them every hour and repairs them.");
    public static readonly Text CallbacksGood = new("Virker", "Working");
    public static readonly Text CallbacksFailing = new("Virker ikke", "Not working");
    public static readonly Text CallbacksUnknown = new("Ikke set efter endnu", "Not looked at yet");
    public static readonly Text CallbacksUnused = new("Ingen enheder her", "No devices here");
    public static readonly Text CallbacksUnusedHint = new("Callbacks oprettes, når den første enhed af typen tilføjes.", "Callbacks are created when the first device of the type is added.");
    public static readonly Text LookedAt = new("Senest set efter", "Last looked at");
    public static readonly Text CheckNow = new("Se efter og ret nu", "Look and repair now");
    public static readonly Text CheckAsked = new("Der ses efter om lidt. Genindlæs siden for at se resultatet.", "It is looked at in a moment. Reload the page to see the result.");
    public static readonly Text KindBidir = new("Beskeder og downlinks", "Messages and downlinks");
    public static readonly Text KindAcknowledge = new("Kvittering for downlinks", "Acknowledgement of downlinks");
    public static readonly Text KindAdvanced = new("Signal og position", "Signal and position");
    public static readonly Text KindStatus = new("Batteri og temperatur", "Battery and temperature");
    public static readonly Text KindError = new("Problemer med enheder", "Trouble with devices");
    public static readonly Text StateGood = new("I orden", "In order");
    public static readonly Text StateRepaired = new("Netop rettet", "Just repaired");
    public static readonly Text StateRefused = new("Ikke i kontrakten", "Not in the contract");
    public static readonly Text Recovered = new("Hentede beskeder", "Recovered messages");
    public static readonly Text RecoveredHint = new("Beskeder, som Sigfox ikke kunne aflevere, og som er hentet bagefter.", "Messages that Sigfox could not deliver and that were fetched afterwards.");

    public static readonly Text RestartType = new("Genstart alle enheder", "Restart all devices");
    public static readonly Text RestartTypeQuestion = new("Genstart alle enheder af typen “{0}”?", "Restart all devices of the type “{0}”?");
    public static readonly Text RestartTypeText = new("Sigfox genstarter alle enheder af typen, også dem der ikke er i OS2iot.", "Sigfox restarts all devices of the type, also those that are not in OS2iot.");
    public static readonly Text Restart = new("Genstart", "Restart");
    public static readonly Text RestartQuestion = new("Genstart “{0}”?", "Restart “{0}”?");
    public static readonly Text RestartText = new("Sigfox genstarter enheden. Det kan tage nogle minutter.", "Sigfox restarts the device. It may take some minutes.");

    public static readonly Text Jobs = new("Job hos Sigfox", "Jobs at Sigfox");
    public static readonly Text NoJobs = new("Ingen job endnu.", "No jobs yet.");
    public static readonly Text JobRegister = new("Registrering af enheder", "Registration of devices");
    public static readonly Text JobRestart = new("Genstart af enheder", "Restart of devices");
    public static readonly Text JobRestartType = new("Genstart af en enhedstype", "Restart of a device type");
    public static readonly Text JobTransfer = new("Flytning til en anden enhedstype", "Move to another device type");
    public static readonly Text JobWaiting = new("Venter", "Waiting");
    public static readonly Text JobRunning = new("I gang", "Running");
    public static readonly Text JobDone = new("Færdig", "Done");
    public static readonly Text JobFailed = new("Afbrudt", "Ended early");
    public static readonly Text Progress = new("{0} af {1} lykkedes, {2} fejlede", "{0} of {1} succeeded, {2} failed");
    public static readonly Text GoesOnAt = new("Fortsætter kl. {0}", "Goes on at {0}");
    public static readonly Text Begun = new("Begyndt", "Begun");
    public static readonly Text Ended = new("Sluttet", "Ended");
    public static readonly Text Reason = new("Årsag", "Reason");
    public static readonly Text DeviceWaiting = new("Venter", "Waiting");
    public static readonly Text DeviceAsked = new("Sigfox er i gang", "Sigfox is at it");
    public static readonly Text DeviceDone = new("Lykkedes", "Succeeded");
    public static readonly Text DeviceFailed = new("Fejlede", "Failed");

    public static readonly Text AddTitle = new("Tilføj Sigfox-enheder", "Add Sigfox devices");
    public static readonly Text ChooseGroup = new("Sigfox-gruppe", "Sigfox group");
    public static readonly Text Connect = new("Forbind en enhed, som Sigfox har", "Connect a device that Sigfox has");
    public static readonly Text ConnectHint = new("Kun enheder, der ikke allerede er i OS2iot.", "Only devices that are not in OS2iot already.");
    public static readonly Text ConnectDevice = new("Enhed hos Sigfox", "Device at Sigfox");
    public static readonly Text ConnectAction = new("Forbind enheden", "Connect the device");
    public static readonly Text NothingToConnect = new("Alle gruppens enheder er allerede i OS2iot.", "All devices of the group are in OS2iot already.");
    public static readonly Text Register = new("Registrer nye enheder hos Sigfox", "Register new devices at Sigfox");
    public static readonly Text RegisterHint = new("Én enhed på hver linje: id; navn; PAC; certifikat. Uden certifikat er den en prototype.", "One device on each line: id; name; PAC; certificate. Without a certificate it is a prototype.");
    public static readonly Text RegisterLines = new("Enheder", "Devices");
    public static readonly Text RegisterAction = new("Registrer enhederne", "Register the devices");
    public static readonly Text RegisterSlow = new("Sigfox tillader få kald, så mange enheder tager tid. Du kan følge med undervejs.", "Sigfox allows few calls, so many devices take time. You can follow the progress.");
    public static readonly Text LineWrong = new("Linje {0} skal have mindst id, navn og PAC.", "Line {0} must have at least id, name and PAC.");
    public static readonly Text LinesMissing = new("Skriv mindst én enhed.", "Enter at least one device.");
    public static readonly Text NoGroupFirst = new("Organisationen har ingen Sigfox-gruppe. Tilføj den først.", "The organization has no Sigfox group. Add one first.");

    public static readonly Text DevicePending = new("På vej til Sigfox", "On its way to Sigfox");
    public static readonly Text DeviceRefused = new("Afvist af Sigfox", "Refused by Sigfox");
    public static readonly Text DeviceMissing = new("Sigfox har ikke enheden længere. Set siden", "Sigfox does not have the device any more. Noticed");
    public static readonly Text Type = new("Enhedstype", "Device type");
    public static readonly Text Move = new("Flyt til en anden enhedstype", "Move to another device type");
    public static readonly Text MoveText = new("Sigfox flytter enheden i sit eget tempo. Indtil da beholder den sin enhedstype, og dens beskeder modtages som før.", "Sigfox moves the device in its own time. Until then it keeps its device type, and its messages are received as before.");
    public static readonly Text MoveAction = new("Flyt enheden", "Move the device");
    public static readonly Text DeviceMoving = new("Sigfox flytter enheden til enhedstypen {0}.", "Sigfox is moving the device to the device type {0}.");
    public static readonly Text Battery = new("Batteri", "Battery");
    public static readonly Text Temperature = new("Temperatur", "Temperature");
    public static readonly Text LinkQuality = new("Forbindelse", "Link");
    public static readonly Text BaseStation = new("Basestation", "Base station");
    public static readonly Text HeardTimes = new("{0} beskeder", "{0} messages");
    public static readonly Text HeardBy = new("{0} beskeder, {1} dBm", "{0} messages, {1} dBm");
    public static readonly Text LastMonth = new("Sidste måned", "Last month");
    public static readonly Text HeardAndLost = new("{0} modtaget, {1} mangler, {2} hentet bagefter", "{0} received, {1} missing, {2} fetched afterwards");
    public static readonly Text Trouble = new("Problem meldt af Sigfox", "Trouble told by Sigfox");
    public static readonly Text ComputedPlace = new("Beregnet position", "Computed position");
    public static readonly Text Around = new("± {0} m", "± {0} m");
    public static readonly Text NothingTold = new("Sigfox har ikke fortalt om batteri eller signal. Det afhænger af kontrakten.", "Sigfox has not told of battery or signal. That depends on the contract.");

    public static string KindOf(string kind) => kind switch
    {
        "bidir" => KindBidir,
        "acknowledge" => KindAcknowledge,
        "dataAdvanced" => KindAdvanced,
        "status" => KindStatus,
        "error" => KindError,
        _ => kind,
    };

    public static string JobOf(string kind) => kind switch
    {
        "register" => JobRegister,
        "restartDevices" => JobRestart,
        "restartDeviceType" => JobRestartType,
        "transfer" => JobTransfer,
        _ => kind,
    };

    public static string DeviceStateOf(string state) => state switch
    {
        "waiting" => DeviceWaiting,
        "asked" => DeviceAsked,
        "done" => DeviceDone,
        "failed" => DeviceFailed,
        _ => state,
    };
}
