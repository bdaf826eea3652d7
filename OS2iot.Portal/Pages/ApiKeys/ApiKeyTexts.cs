using OS2iot.Portal.Language;

namespace OS2iot.Portal.Pages.ApiKeys;

internal static class ApiKeyTexts
{
    public static readonly Text Lead = new("Med en nøgle kan et andet program hente og ændre det, nøglens brugergrupper giver ret til.", "With a key another program can read and change what the key's user groups give the right to.");
    public static readonly Text New = new("Opret API-nøgle", "Create API key");
    public static readonly Text EditTitle = new("Rediger API-nøgle", "Edit API key");
    public static readonly Text Key = new("Nøgle", "Key");
    public static readonly Text Groups = new("Brugergrupper", "User groups");
    public static readonly Text GroupsHint = new("Vælg så få som muligt. Nøglen må det samme som gruppernes medlemmer.", "Choose as few as possible. The key may do what the members of the groups may do.");
    public static readonly Text Expires = new("Udløber", "Expires");
    public static readonly Text ExpiresHint = new("Første dag, den ikke virker. Tom betyder aldrig.", "The first day it does not work. Empty means never.");
    public static readonly Text Never = new("Aldrig", "Never");
    public static readonly Text Expired = new("Udløbet", "Expired");
    public static readonly Text LastUsed = new("Sidst brugt", "Last used");
    public static readonly Text NeverUsed = new("Aldrig brugt", "Never used");
    public static readonly Text EmptyTitle = new("Ingen API-nøgler endnu", "No API keys yet");
    public static readonly Text EmptyText = new("Opret en nøgle, når et andet program skal bruge OS2iot.", "Create a key when another program is to use OS2iot.");
    public static readonly Text CopyNow = new("Kopier nøglen nu", "Copy the key now");
    public static readonly Text ShownOnce = new("Den vises kun denne ene gang. Gem den et sikkert sted; mistes den, må du oprette en ny.", "It is shown only this once. Keep it in a safe place; if it is lost, create a new one.");
    public static readonly Text HowToUse = new("Sådan bruges den", "How to use it");
    public static readonly Text Done = new("Jeg har gemt nøglen", "I have saved the key");
    public static readonly Text DeleteConsequence = new("Programmer, der bruger nøglen, kan ikke længere logge ind.", "Programs that use the key can no longer sign in.");
    public static readonly Text NoGroups = new("Der er ingen brugergrupper at vælge. Opret først en brugergruppe.", "There are no user groups to choose. Create a user group first.");
}
