using System.Text.Json;
using OS2iot.Core.Audit;

namespace OS2iot.Core.DataTargets;

/// <summary>Marks a target's settings, whose type knows what is secret in them. Of an unknown type everything is.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SettingsWithoutSecretsAttribute : AuditedJsonAttribute
{
    public override bool IsSecret(object entity, string member) =>
        DataTargetTypes.Find(((DataTarget)entity).Type) is not { } type
        || DataTargetSettings.SecretsOf(type).Any(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name) == member);
}
