using System.Text.Json;
using System.Text.Json.Nodes;
using Orleans.Serialization.Invocation;
using Remediator.Core.Commands;
using Remediator.Core.Events;
using Remediator.Core.Incidents;
using Remediator.Core.Pauses;
using Remediator.Core.Records;
using Remediator.Core.Tokens;
using Remediator.Grains.Calls;
using Remediator.Grains.Membership;

namespace Remediator.Grains.Tests.Golden;

/// <summary>
/// What is stored for ever, and what versions that run side by side send each other, as files. A file is never changed: who adds a member
/// adds a file with it, <c>name.2.json</c>, and the older ones have to be read all the same.
/// </summary>
public sealed class GoldenTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Golden");

    private static readonly Dictionary<string, Type> Messages = new()
    {
        ["delivery"] = typeof(Delivery),
        ["approval"] = typeof(Approval),
        ["job-result"] = typeof(JobMessage),
        ["command-result"] = typeof(CommandResult),
        ["woken"] = typeof(Woken),
    };

    /// <summary>Documents of heads are caches of events: another shape is another schema, and then they are built anew.</summary>
    private static readonly Dictionary<string, Type> Documents = new()
    {
        [$"resource-state.{ResourceState.Schema}"] = typeof(ResourceState),
        [$"standings.{Standings.Schema}"] = typeof(Standings),
        [$"pause-book.{PauseBook.Schema}"] = typeof(PauseBook),
        [$"token-book.{TokenBook.Schema}"] = typeof(TokenBook),
        [$"revision-book.{RevisionBook.Schema}"] = typeof(RevisionBook),
        [$"stuck-book.{StuckBook.Schema}"] = typeof(StuckBook),
        [$"replica-book.{ReplicaBook.Schema}"] = typeof(ReplicaBook),
    };

    public static TheoryData<string, string> All
    {
        get
        {
            var all = new TheoryData<string, string>();
            EventCodec.KnownTypes.ToList().ForEach(name => all.Add("events", name));
            Messages.Keys.ToList().ForEach(name => all.Add("messages", name));
            Documents.Keys.ToList().ForEach(name => all.Add("documents", name));
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void NewestFile_HasEveryMember_AndComesBackAsItIs(string kind, string name)
    {
        static IEnumerable<string> Missing(JsonNode of, JsonNode from, char sign) =>
            Shape(of).Except(Shape(from)).Select(s => $"{sign}{s}");
        var newest = Files(kind, name)[^1];

        var wanted = Json(Sample.Of(TypeOf(kind, name)));
        Assert.True(
            Shape(wanted).SetEquals(Shape(newest)),
            $"Golden/{kind}/{name} is not what is written now: "
                + $"{string.Join(", ", Missing(wanted, newest, '+').Concat(Missing(newest, wanted, '-')))}."
                + (kind == "documents"
                    ? " Raise its Schema and add a file of that number:\n"
                    : " Add a file beside those that are there:\n")
                + wanted.ToJsonString());
        Assert.Equal(newest.ToJsonString(), Json(Read(kind, name, newest)).ToJsonString());
    }

    [Theory]
    [MemberData(nameof(All))]
    public void EveryFile_IsRead_AndKeepsItsMeaning(string kind, string name)
    {
        foreach (var file in Files(kind, name))
        {
            var again = Json(Read(kind, name, file));
            Assert.True(
                Shape(file).IsSubsetOf(Shape(again)),
                $"Golden/{kind}/{name}: reading it loses {string.Join(", ", Shape(file).Except(Shape(again)))}.");
            AssertWithin(file, again);
        }
    }

    [Theory]
    [MemberData(nameof(All))]
    public void MembersOfANewerVersion_AreNoHindrance(string kind, string name)
    {
        var newest = Files(kind, name)[^1];

        var read = Read(kind, name, Later(newest.DeepClone()));

        Assert.Equal(newest.ToJsonString(), Json(read).ToJsonString());
    }

    [Fact]
    public void EveryFile_BelongsToSomething()
    {
        var known = All.Select(row => row.Data).Select(d => $"{d.Item1}/{d.Item2}").ToHashSet();
        var files = Directory.GetFiles(Folder, "*.json", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Folder, f));

        Assert.All(
            files,
            f => Assert.True(
                known.Contains(f[..^".json".Length]) || known.Contains(f[..f[..^".json".Length].LastIndexOf('.')]),
                $"Golden/{f} belongs to nothing that is stored or sent."));
    }

    [Fact]
    public void NamesOfEnums_AreThoseThatAreStored()
    {
        var types = EventCodec.KnownTypes.Select(name => TypeOf("events", name)).Concat(Messages.Values).Concat(Documents.Values);

        Assert.Equal(File.ReadAllLines(Path.Combine(Folder, "enums.txt")), Sample.Enums(types));
    }

    [Fact]
    public void GrainsInterface_IsWhatOtherVersionsCall()
    {
        var methods = typeof(IResourceGrain)
            .GetMethods()
            .Select(m => $"{Alias(m)}({string.Join(", ", m.GetParameters().Select(p => p.ParameterType.Name))}): {m.ReturnType}")
            .Order(StringComparer.Ordinal);

        Assert.Equal(
            [
                "remediator.IResourceGrain", "AllowRepair(String): System.Threading.Tasks.Task`1[System.String]",
                "Approve(String): System.Threading.Tasks.Task`1[System.String]", "Ingest(String): System.Threading.Tasks.Task",
                "JobDone(String): System.Threading.Tasks.Task", "Unseen(String): System.Threading.Tasks.Task",
                "Wake(): System.Threading.Tasks.Task`1[System.String]"],
            methods.Prepend(Alias(typeof(IResourceGrain))));
    }

    /// <summary>
    /// Wake answered nothing before 2026-11-25: a version that waits for no answer takes one, and one that waits for it takes none.
    /// </summary>
    [Fact]
    public async Task AnswerOfWake_IsReadByVersionsThatKnowOfNone_AndTheOtherWayRound()
    {
        var before = new ResponseCompletionSource();
        before.Complete(Response.FromResult("answered"));
        await before.AsVoidValueTask();

        var after = new ResponseCompletionSource<string?>();
        after.Complete(Response.Completed);
        Assert.Null(await after.AsValueTask());
    }

    [Fact]
    public void EventThatIsNotKnown_IsRefused_NotSkipped()
    {
        Assert.Throws<UnknownEventException>(() => EventCodec.Read("dreamt", 1, "{}"));
        Assert.Throws<UnknownEventException>(() => EventCodec.Read("held", EventCodec.Schema + 1, "{}"));
    }

    private static string Alias(System.Reflection.MemberInfo member) =>
        ((AliasAttribute)Attribute.GetCustomAttribute(member, typeof(AliasAttribute))!).Alias;

    /// <summary>Oldest first.</summary>
    private static List<JsonNode> Files(string kind, string name)
    {
        var paths = Directory.GetFiles(Path.Combine(Folder, kind), $"{name}.json")
            .Concat(Directory.GetFiles(Path.Combine(Folder, kind), $"{name}.*.json").Order(StringComparer.Ordinal))
            .ToList();
        Assert.True(
            paths.Count > 0, $"There is no Golden/{kind}/{name}.json. Write it:\n{Json(Sample.Of(TypeOf(kind, name))).ToJsonString()}");
        return [.. paths.Select(p => JsonNode.Parse(File.ReadAllText(p))!)];
    }

    private static Type TypeOf(string kind, string name) => kind switch
    {
        "events" => typeof(Event).Assembly.GetTypes().Single(t => t.IsSubclassOf(typeof(Event)) && EventCodec.NameOf(t) == name),
        "messages" => Messages[name],
        _ => Documents[name],
    };

    private static object Read(string kind, string name, JsonNode file) => kind == "events"
        ? EventCodec.Read(name, EventCodec.Schema, file.ToJsonString())
        : JsonSerializer.Deserialize(file.ToJsonString(), TypeOf(kind, name), EventCodec.Json)!;

    private static JsonNode Json(object value) => JsonSerializer.SerializeToNode(value, value.GetType(), EventCodec.Json)!;

    /// <summary>Paths of all values, with their kinds.</summary>
    private static HashSet<string> Shape(JsonNode? node, string path = "$") => node switch
    {
        JsonObject o => [.. o.SelectMany(p => Shape(p.Value, $"{path}.{p.Key}")).Prepend($"{path} {{}}")],
        JsonArray a => [.. a.SelectMany(i => Shape(i, $"{path}[]")).Prepend($"{path} []")],
        _ => [$"{path} {node?.GetValueKind()}"],
    };

    /// <summary>Everything of the one has the same value in the other.</summary>
    private static void AssertWithin(JsonNode? part, JsonNode? whole)
    {
        switch (part)
        {
            case JsonObject o:
                Assert.All(o, p => AssertWithin(p.Value, whole![p.Key]));
                break;
            case JsonArray a:
                Assert.Equal(a.Count, whole!.AsArray().Count);
                Assert.All(a, (item, i) => AssertWithin(item, whole[i]));
                break;
            default:
                Assert.True(JsonNode.DeepEquals(part, whole), $"{part?.ToJsonString()} came back as {whole?.ToJsonString()}.");
                break;
        }
    }

    private static JsonNode Later(JsonNode node)
    {
        switch (node)
        {
            // what is keyed by data has no members to add
            case JsonObject o when !o.ContainsKey("key"):
                // the document in a snapshot is kept as it is, whoever wrote it
                o.Where(p => p.Key != "document").ToList().ForEach(p => Later(p.Value!));
                o["addedLater"] = new JsonObject { ["by"] = "a newer version" };
                break;
            case JsonObject o:
                Later(o["key"]!);
                break;
            case JsonArray a:
                a.ToList().ForEach(i => Later(i!));
                break;
        }

        return node;
    }
}
