using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ansatz.Cli.Tests.Commands;

public sealed class DocumentedEventsTests
{
    [Fact]
    public void Commands_EveryEventAndItsFields_AreDocumented()
    {
        string[] lines = File.ReadAllLines("Published/commands.md");
        string[] documented = [.. lines.SkipWhile(l => !l.StartsWith("| `event`", StringComparison.Ordinal)).Skip(2).TakeWhile(l => l.StartsWith('|'))];

        Assert.Equal(
            typeof(StudyEvent).GetCustomAttributes<JsonDerivedTypeAttribute>().Select(t =>
                $"{t.TypeDiscriminator}: {string.Join(", ", t.DerivedType.GetProperties().Where(p => p.GetIndexParameters().Length == 0).Select(p => JsonNamingPolicy.CamelCase.ConvertName(p.Name)))}"),
            documented.Select(l => l.Split('|')).Select(cells =>
                $"{cells[1].Trim(' ', '`')}: {string.Join(", ", Words(cells[2]))}"));

        // Names of fields, without what stands in brackets or after a colon.
        static IEnumerable<string> Words(string cell) =>
            System.Text.RegularExpressions.Regex.Replace(cell, @"\([^)]*\)|:.*", "").Split(',').Select(w => w.Trim(' ', '`'));
    }
}
