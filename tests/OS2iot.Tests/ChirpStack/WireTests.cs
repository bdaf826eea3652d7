using System.Reflection;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Grpc.Net.Client;
using OS2iot.Core.ChirpStack;
using OS2iot.Core.ChirpStack.Protos;

namespace OS2iot.Tests.ChirpStack;

/// <summary>What we send and read is what ChirpStack's own stubs read and send, field by field.</summary>
public sealed class WireTests(OfficialStubs stubs) : IClassFixture<OfficialStubs>
{
    private const string Key = "a-key-of-ours";

    private static readonly FileDescriptor[] Files =
    [
        InternalReflection.Descriptor, TenantReflection.Descriptor, ApplicationReflection.Descriptor, GatewayReflection.Descriptor,
        DeviceProfileReflection.Descriptor, DeviceReflection.Descriptor, MulticastGroupReflection.Descriptor,
    ];

    private static readonly Type[] Parts =
    [
        typeof(ChirpStackTenants), typeof(ChirpStackApplications), typeof(ChirpStackGateways), typeof(ChirpStackDeviceProfiles),
        typeof(ChirpStackDevices), typeof(ChirpStackMulticastGroups),
    ];

    public static TheoryData<string> Methods => [.. AllMethods().Select(PathOf)];

    public static TheoryData<string> ClientMethods => [.. OfClient().Select(m => $"{m.DeclaringType!.Name}.{m.Name}")];

    /// <summary>Whatever a message of ours holds, the stubs find under the same name; and the other way round.</summary>
    [Theory]
    [MemberData(nameof(Methods))]
    public async Task Method_WhenEveryFieldIsFilled_ArrivesAndIsReadFieldByField(string path)
    {
        var method = AllMethods().Single(m => PathOf(m) == path);
        var request = FilledMessage.Of(method.InputType);
        var expected = FilledMessage.Of(method.OutputType);
        await stubs.AnswerAsync(FilledMessage.AsRecipe(expected));

        using var channel = GrpcChannel.ForAddress(stubs.Address);
        var bytes = Marshallers.Create<byte[]>(b => b, b => b);
        using var call = channel.CreateCallInvoker().AsyncUnaryCall(
            new Method<byte[], byte[]>(MethodType.Unary, method.Service.FullName, method.Name, bytes, bytes), null, default, request.ToByteArray());
        var answer = method.OutputType.Parser.ParseFrom(await call.ResponseAsync);

        var received = await stubs.ReceivedAsync();
        Assert.Equal(path, (string?)received["path"]);
        AssertHolds(FilledMessage.AsStub(request), received["request"]!, path);
        Assert.Equal(expected, answer);
    }

    /// <summary>Each method of the client is the call that its name says, and returns what came.</summary>
    [Theory]
    [MemberData(nameof(ClientMethods))]
    public async Task Client_WhenItCalls_SendsWhatItWasGivenAndReturnsTheAnswer(string name)
    {
        using var client = new ClientOf(stubs.Address, Key);
        var method = OfClient().Single(m => $"{m.DeclaringType!.Name}.{m.Name}" == name);
        var part = typeof(ChirpStackClient).GetProperties().Single(p => p.PropertyType == method.DeclaringType).GetValue(client.Client);
        var called = CalledBy(method);
        var answer = FilledMessage.Of(called.OutputType);
        await stubs.AnswerAsync(FilledMessage.AsRecipe(answer));
        var arguments = method.GetParameters().Select(ArgumentOf).ToArray();

        var task = (Task)method.Invoke(part, arguments)!;
        await task;

        var received = await stubs.ReceivedAsync();
        Assert.Equal(PathOf(called), (string?)received["path"]);
        Assert.Equal($"Bearer {Key}", (string?)received["authorization"]![0]);
        Assert.InRange((double)received["deadline"]! - (double)received["now"]!, 1, ClientOf.CallTimeout.TotalMilliseconds);
        AssertSent(method, arguments, received["request"]!.AsObject());
        if (task.GetType().GetProperty("Result") is { } result && method.ReturnType.IsGenericType)
        {
            AssertReturned(result.GetValue(task), answer, name);
        }
    }

    [Fact]
    public void Client_CallsEveryMethodThatOurFilesDescribe()
    {
        var called = OfClient().Select(m => PathOf(CalledBy(m))).Append("/api.InternalService/GetVersion").Order().Distinct();

        Assert.Equal(AllMethods().Select(PathOf).Order(), called);
    }

    [Theory]
    [InlineData("4.11.1", 4, 11)]
    [InlineData("v4.13.0-test.1", 4, 13)]
    [InlineData("", 4, 0)]
    public async Task Version_IsReadFromTheServer(string text, int major, int minor)
    {
        using var client = new ClientOf(stubs.Address, Key);
        await stubs.AnswerAsync(FilledMessage.AsRecipe(new GetVersionResponse { Version = text }));

        var version = await client.Client.GetVersionAsync(TestContext.Current.CancellationToken);
        await stubs.ReceivedAsync();

        Assert.Equal((major, minor), (version.Major, version.Minor));
    }

    [Theory]
    [InlineData(StatusCode.InvalidArgument, ChirpStackFailure.Refused, "ChirpStack refused it: its own words")]
    [InlineData(StatusCode.AlreadyExists, ChirpStackFailure.AlreadyExists, "ChirpStack has it already: its own words")]
    [InlineData(StatusCode.NotFound, ChirpStackFailure.NotFound, "ChirpStack has no such thing: its own words")]
    [InlineData(StatusCode.Unauthenticated, ChirpStackFailure.BadKey, "ChirpStack does not let our API key do that: its own words")]
    [InlineData(StatusCode.PermissionDenied, ChirpStackFailure.BadKey, "ChirpStack does not let our API key do that: its own words")]
    [InlineData(StatusCode.Internal, ChirpStackFailure.Unavailable, "ChirpStack can't do that now: its own words")]
    [InlineData(StatusCode.Unimplemented, ChirpStackFailure.Unsupported, "This version of ChirpStack can't do that: its own words")]
    public async Task Refusal_IsToldInWordsAndNotTriedAgain(StatusCode code, ChirpStackFailure failure, string message)
    {
        using var client = new ClientOf(stubs.Address, Key);
        await stubs.AnswerAsync(new JsonObject { ["code"] = (int)code, ["words"] = "its own words" });

        var exception = await Assert.ThrowsAsync<ChirpStackException>(
            () => client.Client.Devices.DeleteAsync("0011223344556677", TestContext.Current.CancellationToken));
        await stubs.ReceivedAsync();

        Assert.Equal((failure, message, "its own words"), (exception.Failure, exception.Message, exception.Words));
        await stubs.AssertNothingMoreAsync();
    }

    [Fact]
    public async Task Outage_IsTriedAgainAndThenTold()
    {
        using var client = new ClientOf(stubs.Address, Key);
        await stubs.AnswerAsync(new JsonObject { ["code"] = (int)StatusCode.Unavailable, ["words"] = "down" });

        var exception = await Assert.ThrowsAsync<ChirpStackException>(
            () => client.Client.Devices.DeleteAsync("0011223344556677", TestContext.Current.CancellationToken));
        var arrived = new[] { await stubs.ReceivedAsync(), await stubs.ReceivedAsync(), await stubs.ReceivedAsync() };

        Assert.Equal((ChirpStackFailure.Unavailable, true), (exception.Failure, exception.IsTemporary));
        Assert.All(arrived, a => Assert.Equal("/api.DeviceService/Delete", (string?)a["path"]));
        await stubs.AssertNothingMoreAsync();
    }

    [Fact]
    public async Task Outage_WhenADownlinkWasSent_IsNotTriedAgain()
    {
        using var client = new ClientOf(stubs.Address, Key);
        await stubs.AnswerAsync(new JsonObject { ["code"] = (int)StatusCode.Unavailable, ["words"] = "down" });

        await Assert.ThrowsAsync<ChirpStackException>(
            () => client.Client.Devices.EnqueueAsync(new DeviceQueueItem(), TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<ChirpStackException>(
            () => client.Client.MulticastGroups.EnqueueAsync(new MulticastGroupQueueItem(), TestContext.Current.CancellationToken));

        Assert.Equal("/api.DeviceService/Enqueue", (string?)(await stubs.ReceivedAsync())["path"]);
        Assert.Equal("/api.MulticastGroupService/Enqueue", (string?)(await stubs.ReceivedAsync())["path"]);
        await stubs.AssertNothingMoreAsync();
    }

    [Fact]
    public async Task Outage_WhenNobodyListens_IsToldInOurWords()
    {
        using var client = new ClientOf(new Uri("http://127.0.0.1:9"), Key);

        var exception = await Assert.ThrowsAsync<ChirpStackException>(
            () => client.Client.Tenants.ListAsync("", TestContext.Current.CancellationToken));

        Assert.Equal((ChirpStackFailure.Unavailable, "ChirpStack can't be reached. Try again later."), (exception.Failure, exception.Message));
    }

    /// <summary>A profile of a newer ChirpStack has members that we don't know: writing it back doesn't lose them.</summary>
    [Fact]
    public async Task Profile_WhenReadAndWrittenBack_KeepsWhatIsUnknownHere()
    {
        const int Rx1Delay = 53;
        using var client = new ClientOf(stubs.Address, Key);
        var bytes = new MemoryStream();
        using (var output = new CodedOutputStream(bytes, leaveOpen: true))
        {
            var profile = new MemoryStream();
            using (var inner = new CodedOutputStream(profile, leaveOpen: true))
            {
                inner.WriteTag(Rx1Delay, WireFormat.WireType.Varint);
                inner.WriteUInt32(5);
            }

            output.WriteTag(1, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(profile.ToArray()));
        }

        await stubs.AnswerAsync(new JsonObject { ["bytes"] = Convert.ToBase64String(bytes.ToArray()) });
        var read = await client.Client.DeviceProfiles.GetAsync("id", TestContext.Current.CancellationToken);
        await stubs.ReceivedAsync();
        read.Name = "renamed";
        await stubs.AnswerAsync(new JsonObject { ["bytes"] = "" });
        await client.Client.DeviceProfiles.UpdateAsync(read, TestContext.Current.CancellationToken);

        var sent = (await stubs.ReceivedAsync())["request"]!["deviceProfile"]!;
        Assert.Equal(("renamed", 5), ((string?)sent["name"], (int)sent["rx1Delay"]!));
    }

    [Theory]
    [InlineData("gw.ConnState")]
    [InlineData("gw.GatewayStats")]
    public async Task GatewaysMessage_IsReadFieldByField(string type)
    {
        var message = FilledMessage.Of(GwReflection.Descriptor.MessageTypes.Single(m => m.FullName == type));

        AssertHolds(FilledMessage.AsStub(message), await stubs.DecodeAsync(type, message.ToByteArray()), type);
    }

    private static IEnumerable<MethodDescriptor> AllMethods() => Files.SelectMany(f => f.Services).SelectMany(s => s.Methods);

    private static string PathOf(MethodDescriptor method) => $"/{method.Service.FullName}/{method.Name}";

    private static IEnumerable<MethodInfo> OfClient() => Parts.SelectMany(
        t => t.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(m => !m.IsSpecialName));

    private static MethodDescriptor CalledBy(MethodInfo method)
    {
        var service = Files.SelectMany(f => f.Services)
            .Single(s => s.Name.Replace("Service", "s", StringComparison.Ordinal) == method.DeclaringType!.Name["ChirpStack".Length..]);
        var name = method.Name == nameof(ChirpStackDevices.ListOfMulticastGroupAsync) ? "List" : method.Name[..^"Async".Length];
        return service.Methods.Single(m => m.Name == name);
    }

    private static object ArgumentOf(ParameterInfo parameter) => parameter.ParameterType switch
    {
        { } type when type == typeof(string) => $"given-{parameter.Name}",
        { } type when type == typeof(CancellationToken) => TestContext.Current.CancellationToken,
        { } type => FilledMessage.Of(((IMessage)Activator.CreateInstance(type)!).Descriptor),
    };

    private static void AssertSent(MethodInfo method, object[] arguments, JsonObject request)
    {
        foreach (var (parameter, argument) in method.GetParameters().Zip(arguments))
        {
            if (argument is string text)
            {
                // By its own name, or as the id of the thing that the service is about.
                var field = request.Single(f => f.Value is JsonValue value && value.TryGetValue<string>(out var sent) && sent == text);
                Assert.True(
                    field.Key.Equals(parameter.Name, StringComparison.OrdinalIgnoreCase) || field.Key.EndsWith("Id", StringComparison.Ordinal),
                    $"{method.Name} sends {parameter.Name} as {field.Key}.");
            }
            else if (argument is IMessage message)
            {
                var expected = FilledMessage.AsStub(message);
                var whole = message.Descriptor.Name.EndsWith("Request", StringComparison.Ordinal);
                AssertHolds(expected, whole ? request : request.Single(f => f.Value is JsonObject).Value!, method.Name);
            }
        }
    }

    private static void AssertReturned(object? result, IMessage answer, string name)
    {
        if (answer.Equals(result))
        {
            return;
        }

        var parts = answer.Descriptor.Fields.InFieldNumberOrder().Select(f => f.Accessor.GetValue(answer)).ToList();
        Assert.True(
            parts.Any(p => p.Equals(result) || (p is System.Collections.IEnumerable list && result is System.Collections.IEnumerable items
                && p is not string && list.Cast<object>().SequenceEqual(items.Cast<object>()))),
            $"{name} returns something that was not in the answer.");
    }

    /// <summary>Everything expected is there with its value. More may be: newer stubs know more.</summary>
    private static void AssertHolds(JsonNode expected, JsonNode actual, string where)
    {
        if (expected is JsonObject members)
        {
            foreach (var (name, value) in members)
            {
                Assert.True(actual[name] is not null, $"{where}: the stubs found no {name}.");
                AssertHolds(value!, actual[name]!, $"{where}.{name}");
            }
        }
        else if (expected is JsonArray items)
        {
            Assert.Equal(items.Count, actual.AsArray().Count);
            for (var i = 0; i < items.Count; i++)
            {
                AssertHolds(items[i]!, actual[i]!, $"{where}[{i}]");
            }
        }
        else
        {
            Assert.True(JsonNode.DeepEquals(Comparable(expected), Comparable(actual)), $"{where} is {actual} and not {expected}.");
        }
    }

    private static JsonNode Comparable(JsonNode value) =>
        value.GetValueKind() == System.Text.Json.JsonValueKind.Number ? JsonValue.Create(value.GetValue<double>()) : value;
}
