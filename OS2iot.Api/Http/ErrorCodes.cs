namespace OS2iot.Api.Http;

/// <summary>The words by which clients know what went wrong; they translate them.</summary>
internal static class ErrorCodes
{
    public const string IdDoesNotExist = "MESSAGE.ID-DOES-NOT-EXIST";
    public const string IdInvalidOrAlreadyInUse = "MESSAGE.ID-INVALID-OR-ALREADY-IN-USE";
    public const string WrongLength = "MESSAGE.WRONG-LENGTH";
    public const string NotValidFormat = "MESSAGE.NOT-VALID-FORMAT";
    public const string GatewayIdNotAllowedInUpdate = "MESSAGE.GATEWAY-ID-NOT-ALLOWED-IN-UPDATE";
    public const string OtaaKeyMissing = "MESSAGE.OTAA-INFO-MISSING";
    public const string AbpSessionMissing = "MESSAGE.ABP-INFO-MISSING";
    public const string PostFailed = "MESSAGE.POST-FAILED";
    public const string DifferentApplications = "MESSAGE.DIFFERENT-CREATION-SERVICE-PROFILE";
    public const string DeleteNotAllowedHasLoRaWanDevice = "MESSAGE.DELETE-NOT-ALLOWED-HAS-LORAWAN-DEVICE";
    public const string NameInvalidOrAlreadyInUse = "MESSAGE.NAME-INVALID-OR-ALREADY-IN-USE";
    public const string BadEncoding = "MESSAGE.BAD-ENCODING";
    public const string OrganizationAlreadyExists = "MESSAGE.ORGANIZATION-ALREADY-EXISTS";
    public const string OrganizationDoesNotExist = "MESSAGE.ORGANIZATION-DOES-NOT-EXISTS";
    public const string ApplicationDoesNotExist = "MESSAGE.APPLICATION-DOES-NOT-EXIST";
    public const string DeviceModelDoesNotExist = "MESSAGE.DEVICE-MODEL-DOES-NOT-EXIST";
    public const string DeviceModelOrganizationDoesNotMatch = "MESSAGE.DEVICE-MODEL-ORGANIZATION-DOES-NOT-MATCH";
    public const string FailedToCreateOrUpdateDevice = "MESSAGE.FAILED-TO-CREATE-OR-UPDATE-IOT-DEVICE";
    public const string DownlinkNotSupportedForDeviceType = "MESSAGE.DOWNLINK-NOT-SUPPORTED-FOR-DEVICE-TYPE";
    public const string DownlinkLengthWrongForSigfox = "MESSAGE.DOWNLINK-LENGTH-WRONG-FOR-SIGFOX";
    public const string OnlyAllowedForLoRaWanAndSigfox = "MESSAGE.ONLY-ALLOWED-FOR-LORAWAN-AND-SIGFOX";
    public const string QueryMustNotBeEmpty = "MESSAGE.QUERY-MUST-NOT-BE-EMPTY";
    public const string NotSameApplication = "MESSAGE.NOT-SAME-APPLICATION";
    public const string DeleteNotAllowedItemIsInUse = "MESSAGE.DELETE-NOT-ALLOWED-ITEM-IS-IN-USE";
    public const string InvalidKeyInKeyValuePair = "MESSAGE.INVALID-KEY-IN-KEY-VALUE-PAIR";
    public const string InvalidValueInKeyValuePair = "MESSAGE.INVALID-VALUE-IN-KEY-VALUE-PAIR";
    public const string DeleteNotAllowedHasSigfoxDevice = "MESSAGE.DELETE-NOT-ALLOWED-HAS-SIGFOX-DEVICE";
    public const string SigfoxBadLogin = "MESSAGE.SIGFOX-BAD-LOGIN";
    public const string SigfoxGroupExists = "MESSAGE.GROUP-CAN-ONLY-BE-CREATED-ONCE-PR-ORGANIZATION";
    public const string DeviceDoesNotExistInSigfox = "MESSAGE.DEVICE-DOES-NOT-EXIST-IN-SIGFOX-FOR-GROUP";
    public const string UserInactive = "MESSAGE.USER-INACTIVE";
    public const string MissingRole = "MissingRole";
    public const string CodeNeeded = "MESSAGE.ONE-TIME-CODE-NEEDED";
    public const string CodeWrong = "MESSAGE.ONE-TIME-CODE-WRONG";
    public const string PasswordWrong = "MESSAGE.PASSWORD-WRONG";
    public const string ResetTokenWrong = "MESSAGE.RESET-TOKEN-WRONG";
    public const string KombitLoginFailed = "MESSAGE.KOMBIT-LOGIN-FAILED";
    public const string UserAlreadyExists = "MESSAGE.USER-ALREADY-EXISTS";
    public const string UserAlreadyHasMail = "MESSAGE.USER-ALREADY-HAVE-MAIL";
    public const string UserDoesNotExist = "MESSAGE.USER-DOES-NOT-EXIST";
    public const string UserAlreadyInPermission = "MESSAGE.USER-ALREADY-IN-PERMISSION";
    public const string DuplicatePermissionTypes = "MESSAGE.DUPLICATE-PERMISSION-TYPES";
    public const string ApiKeyAuthFailed = "MESSAGE.API-KEY-AUTH-FAILED";
    public const string EmailAlreadyInUse = "MESSAGE.EMAIL-ALREADY-IN-USE";
    public const string PasswordDoesNotMeetRequirements = "MESSAGE.PASSWORD-DOES-NOT-MEET-REQUIREMENTS";
    public const string SendMailError = "MESSAGE.SEND-MAIL-ERROR";
    public const string CannotModifyOnKombitUser = "MESSAGE.CANNOT-MODIFY-ON-KOMBIT-USER";
}
