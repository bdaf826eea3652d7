using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace OS2iot.Api.Http;

internal static class DbUpdateExceptions
{
    /// <summary>Somebody else has the value that must be unique.</summary>
    public static bool IsDuplicate(this DbUpdateException exception) =>
        exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    /// <summary>A row that this one points to is gone, or one that points to this is there.</summary>
    public static bool IsBrokenReference(this DbUpdateException exception) =>
        exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.ForeignKeyViolation or PostgresErrorCodes.RestrictViolation };

    /// <summary>What was looked at before the save was changed by somebody before it ended. Asking again makes sense.</summary>
    public static bool IsRace(this DbUpdateException exception) =>
        exception is DbUpdateConcurrencyException || exception.IsDuplicate() || exception.IsBrokenReference()
        || exception.InnerException is PostgresException { SqlState: PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure };
}
