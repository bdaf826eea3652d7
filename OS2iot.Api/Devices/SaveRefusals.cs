using Microsoft.EntityFrameworkCore;
using OS2iot.Api.Http;

namespace OS2iot.Api.Devices;

internal static class SaveRefusals
{
    /// <summary>Why a device was not saved, in the words of the wire: somebody else was faster than our checks.</summary>
    public static string WhyNotSaved(this DbUpdateException exception) =>
        exception.IsDuplicate() ? ErrorCodes.IdInvalidOrAlreadyInUse
        : exception.IsBrokenReference() ? ErrorCodes.ApplicationDoesNotExist
        : ErrorCodes.FailedToCreateOrUpdateDevice;

    /// <summary>Whether the database refused what was asked; other failures are failures.</summary>
    public static bool IsRefusal(this DbUpdateException exception) =>
        exception is DbUpdateConcurrencyException || exception.IsDuplicate() || exception.IsBrokenReference();
}
