using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OS2iot.Core.Database;

namespace OS2iot.Core.Secrets;

public static class SecretsExtensions
{
    /// <summary>Registers encryption and lookup hashes. The Data Protection keys are in PostgreSQL, encrypted by the master key.</summary>
    public static IHostApplicationBuilder AddSecrets(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<SecretsOptions>().BindConfiguration(SecretsOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<MasterKey>();
        builder.Services.AddSingleton<LookupHash>();
        builder.Services.AddSingleton<SecretProtector>();
        builder.Services.AddDataProtection().SetApplicationName("OS2iot").PersistKeysToDbContext<AppDbContext>();
        builder.Services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(services => new ConfigureOptions<KeyManagementOptions>(
            options => options.XmlEncryptor = new MasterKeyXmlEncryptor(services.GetRequiredService<MasterKey>())));
        return builder;
    }

    /// <summary>For hosts that keep their Data Protection keys elsewhere than in the database: encrypts them by the master key too.</summary>
    public static IDataProtectionBuilder ProtectKeysWithMasterKey(this IDataProtectionBuilder protection)
    {
        protection.Services.AddOptions<SecretsOptions>().BindConfiguration(SecretsOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        protection.Services.AddSingleton<MasterKey>();
        protection.Services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(services => new ConfigureOptions<KeyManagementOptions>(
            options => options.XmlEncryptor = new MasterKeyXmlEncryptor(services.GetRequiredService<MasterKey>())));
        return protection;
    }
}
