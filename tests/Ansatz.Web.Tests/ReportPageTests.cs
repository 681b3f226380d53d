using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;

namespace Ansatz.Web.Tests;

public sealed partial class ReportPageTests
{
    public static TheoryData<string> Samples => ["reviews", "function", "hostile"];

    [Fact]
    public void Render_Prompt_FirstSaysTheVerdictThenShowsAllSectionsInOrder()
    {
        IHtmlDocument page = Parse(SampleReports.Reviews());

        Assert.Equal(
            "It helped: 41.0 points better than yours (95\u00A0% interval 34.4 to 47.1), on 300 reviews that no search saw: 91.0\u00A0% right instead of 50.0\u00A0%.",
            page.QuerySelector(".lead")!.TextContent);
        Assert.Equal(
            [
                "The numbers", "What was found", "What changed on validation", "How the search went", "How much selection flattered", "What simplifying dropped",
                "Which labels were confused", "Is a search needed at all?", "What it cost", "Every trial", "Failures", "Notes", "How to repeat it",
            ],
            page.QuerySelectorAll("h2").Select(h => h.TextContent));
    }

    [Fact]
    public void Render_Function_LeavesOutWhatItDoesNotHave()
    {
        IHtmlDocument page = Parse(SampleReports.Function());

        Assert.Equal(
            ["The numbers", "What was found", "How the search went", "What it cost", "Every trial", "How to repeat it"],
            page.QuerySelectorAll("h2").Select(h => h.TextContent));
        Assert.Contains("over 10 seeds; there are no held-out items", page.QuerySelector(".lead")!.TextContent, StringComparison.Ordinal);
        Assert.Contains("\u221212.31", page.QuerySelector("#numbers table")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(["trial", "what it is", "items", "train", "from", "state", "arm"], page.QuerySelectorAll("#trials th").Select(h => h.TextContent));
        Assert.DoesNotContain("tokens", page.QuerySelector("#cost")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_NumbersTable_HasAllRowsAsTheVerdictWritesThem()
    {
        IHtmlDocument page = Parse(SampleReports.Reviews());

        string[][] rows = [.. page.QuerySelectorAll("#numbers tbody tr").Select(r => r.Children.Select(c => c.TextContent.Trim()).ToArray())];

        Assert.Equal(
            [
                ["found, simplified", "91.0", "87.2 to 93.7", "+41.0 (34.4 to 47.1)", "", "92.5"],
                ["yours", "50.0", "44.4 to 55.6", "", "", "50.0"],
                ["no instruction", "51.0", "45.4 to 56.6", "+1.0 (\u22120.9 to 2.9)", "0.740", "51.3"],
                ["8 random draws, not chosen", "57.4", "50.0 to 85.0", "their mean and range", "", ""],
                ["majority label", "50.0", "44.4 to 55.6", "0.0 (\u22128.0 to 8.0)", "1.000", "50.0"],
                ["naive Bayes on the same 120 labels", "70.0", "64.6 to 74.9", "+20.0 (13.0 to 26.8)", "< 0.001", "71.7"],
            ],
            rows);
    }

    [Fact]
    public void Render_FoundPrompt_IsWholeMarkedAndCopiedAsItIs()
    {
        Report report = SampleReports.Reviews();
        IHtmlDocument page = Parse(report);

        IElement found = page.QuerySelectorAll("#found pre")[0], yours = page.QuerySelectorAll("#found pre")[1];

        Assert.Equal(report.Found, found.TextContent);
        Assert.Equal(report.Yours, yours.TextContent);
        Assert.Equal("positive", found.QuerySelector("ins")!.TextContent);
        Assert.Equal("praise", yours.QuerySelector("del")!.TextContent);
        Assert.Equal([report.Found, report.Yours], page.QuerySelectorAll("#found button").Select(b => b.GetAttribute("data-copy")));
        Assert.Equal(["changed", "added", "changed", "changed", "unchanged"], page.QuerySelectorAll("#found .state").Select(s => s.TextContent));
    }

    [Fact]
    public void Render_Items_ShowsTenOfThoseGainedAndAllLost()
    {
        IHtmlDocument page = Parse(SampleReports.Reviews());

        Assert.Equal([10, 2], page.QuerySelectorAll("#items ol").Select(o => o.ChildElementCount));
        Assert.Contains("10 of 36 shown", page.QuerySelector("#items")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_TrialWithParent_NamesItAndMarksWhatChanged()
    {
        IHtmlDocument page = Parse(SampleReports.Reviews());

        IElement child = page.QuerySelectorAll("#trials tbody tr").Single(r => r.GetAttribute("data-in") == "search" && r.Children[0].TextContent == "9");

        Assert.Equal(["trial", "validation", "what it is", "items", "train", "from", "state", "arm"], page.QuerySelectorAll("#trials th").Select(h => h.TextContent));
        Assert.Equal("4", child.Children[5].TextContent);
        Assert.NotEmpty(child.QuerySelectorAll("ins"));
        Assert.Equal(50, page.QuerySelectorAll("#trials tbody tr").Length);
    }

    [Theory]
    [InlineData(4, 0, 4)]
    [InlineData(5, 1, 1)]
    public void Render_SeveralSeeds_BandsOnlyFromFiveUp(int seeds, int bands, int lines)
    {
        Report function = SampleReports.Function();

        IHtmlDocument page = Parse(function with { Progress = function.Progress[..seeds] });

        Assert.Equal(bands, page.QuerySelectorAll("#progress .band").Length);
        Assert.Equal(lines, page.QuerySelectorAll("#progress .legend li").Length);
    }

    [Theory]
    [InlineData(.2, .1, .3, "It helped:")]
    [InlineData(-.2, -.3, -.1, "It made things worse:")]
    [InlineData(.02, -.1, .1, "It cannot be told apart from yours:")]
    public void Render_AnyFinding_LeadSaysIt(double difference, double low, double high, string expected)
    {
        Report report = SampleReports.Reviews();

        IHtmlDocument page = Parse(report with { Verdict = report.Verdict with { AgainstYours = new("found, simplified", "yours", difference, new(low, high), null, null) } });

        Assert.Equal(expected, page.QuerySelector(".lead strong")!.TextContent);
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Render_AnyReport_ChartsHaveTitleAxesAndATable(string sample)
    {
        IHtmlDocument page = Parse(Sample(sample));

        Assert.NotEmpty(page.QuerySelectorAll("svg.chart"));
        Assert.All(page.QuerySelectorAll("svg.chart"), chart =>
        {
            IElement title = chart.Children[0];
            Assert.Equal(("title", chart.GetAttribute("aria-labelledby")), (title.LocalName, title.Id));
            Assert.NotEmpty(title.TextContent);
            Assert.NotEmpty(chart.QuerySelectorAll("text.axis"));
            Assert.NotNull(chart.Closest("section")!.QuerySelector("table"));
            Assert.DoesNotContain("NaN", chart.OuterHtml, StringComparison.Ordinal);
        });
        Assert.Equal(page.QuerySelectorAll("[id]").Length, page.QuerySelectorAll("[id]").Select(e => e.Id).Distinct().Count());
        Assert.Equal("en", page.DocumentElement.GetAttribute("lang"));
        Assert.All(page.QuerySelectorAll("nav a"), a => Assert.NotNull(page.GetElementById(a.GetAttribute("href")![1..])));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Render_AnyReport_PlacesInChartsAreWithinThem(string sample)
    {
        string html = ReportPage.Render(Sample(sample));

        double[] percents = [.. Percents().Matches(html).Select(m => double.Parse(m.Groups[1].ValueSpan, CultureInfo.InvariantCulture))];

        Assert.NotEmpty(percents);
        Assert.All(percents, p => Assert.InRange(p, 0, 100));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Render_AnyText_NothingRunsButThePagesOwnScript(string sample)
    {
        string html = ReportPage.Render(Sample(sample));
        IHtmlDocument page = new HtmlParser().ParseDocument(html);

        string script = Assert.Single(page.Scripts).TextContent, style = Assert.Single(page.QuerySelectorAll("style")).TextContent;
        Assert.Equal(
            $"default-src 'none'; style-src 'sha256-{Hash(style)}'; script-src 'sha256-{Hash(script)}'; img-src data:; base-uri 'none'; form-action 'none'",
            page.QuerySelector("meta[http-equiv='Content-Security-Policy']")!.GetAttribute("content"));
        Assert.All(page.All, element =>
        {
            Assert.DoesNotContain(element.Attributes, a => a.Name.StartsWith("on", StringComparison.OrdinalIgnoreCase) || a.Name is "style" or "src" or "srcdoc" or "action");
            Assert.DoesNotContain(element.LocalName, (string[])["img", "iframe", "object", "embed", "base", "form"]);
            Assert.True(element.GetAttribute("href") is not { } href || href.StartsWith('#') || href == "data:,", element.OuterHtml);
        });
        Assert.DoesNotContain(html, c => c is '\0' or '\u001b' or '\u2028' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069'));
    }

    [Fact]
    public void Render_Program_ShowsEachStepWithWhatItChangedAndWhatBecameOfProposals()
    {
        ReportTrial start = new(0, "found", "a", TrialState.Completed, -5.5, -5.25, 5, [], "yours", "item - bin", "static double P(double item, double bin) => item - bin;");
        ReportTrial found = new(7, "found", "b", TrialState.Completed, -4, -4.5, 5, ["a", "c"], "crossover", "item - 2 * bin", "static double P(double item, double bin) => item - 2 * bin;");
        ImmutableArray<FamilyMember> family = [new(0, -5.5, [], IsOnLine: true), new(3, -6, [], IsOnLine: false), new(7, -4, [3, 0], IsOnLine: true)];
        IHtmlDocument page = Parse(SampleReports.Function() with { Lineage = [start, found], Family = family, Yields = [new("found", "crossover", 40, 38, 36, 30, 3)], TrialCount = 8_000 });

        Assert.Equal("The 3 programs that went into what was found", page.QuerySelector("#lineage .chart title")!.TextContent);
        Assert.Equal([2, 1], ((string[])[".accent circle", ".faint circle"]).Select(c => page.QuerySelectorAll($"#lineage .chart {c}").Length));
        Assert.All(page.QuerySelectorAll("#lineage .chart path.line"), p => Assert.Equal(2, p.GetAttribute("d")!.Split('M').Length)); // one to each parent
        IHtmlCollection<IElement> steps = page.QuerySelectorAll("#lineage li");
        Assert.Equal(["trial 0, yours; train \u22125.50; validation \u22125.25", "trial 7, crossover, beside another; train \u22124.00 (+1.50); validation \u22124.50"], steps.Select(s => s.QuerySelector(".origin")!.TextContent));
        Assert.Contains("2 * ", steps[1].QuerySelector("ins")!.TextContent, StringComparison.Ordinal);
        Assert.Equal(["found", "crossover", "40", "38 (95 %)", "36 (90 %)", "30 (75 %)", "3 (8 %)"], page.QuerySelectorAll("#yields tbody tr").Single().Children.Select(c => c.TextContent));
        Assert.Contains("12 of 8,000 are shown", page.QuerySelector("#trials")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_PromptWithAncestors_ShowsEachStepWithWhatItChanged()
    {
        ReportTrial start = new(0, "found", "a", TrialState.Completed, .5, .4, 5, [], "yours", "yours", "Sort. {text}");
        ReportTrial step = new(3, "found", "b", TrialState.Completed, .75, null, 5, ["a", "x", "y"], "step 1", "one", "Sort well. {text}");
        ReportTrial found = new(9, "found", "c", TrialState.Completed, null, .6, 5, ["b"], "without one demonstration", "two", "Sort well, please. {text}");
        Report report = SampleReports.Function() with { Lineage = [start, step, found] };
        IHtmlDocument page = Parse(report with { Verdict = report.Verdict with { CandidateNoun = "prompt" } });

        Assert.Equal(
            ["trial 0, yours; train 0.50; validation 0.40", "trial 3, step 1, beside 2 others; train 0.75 (+0.25)", "trial 9, without one demonstration; validation 0.60"],
            page.QuerySelectorAll("#lineage li .origin").Select(s => s.TextContent));
        Assert.Contains("Every prompt was made from the one before it. Beside others:", page.QuerySelector("#lineage")!.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public void Render_HostileTexts_AreReadInEverySection()
    {
        IHtmlDocument page = Parse(SampleReports.Hostile());

        Assert.Equal(15, page.QuerySelectorAll("h2").Length);
        Assert.All(page.QuerySelectorAll("main > section"), section => Assert.Contains(section.Id == "cost" ? "</script>" : "<script>document.title='owned'</script>", section.TextContent, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Render_ReportReadBackFromJson_IsTheSamePage(string sample)
    {
        Report report = Sample(sample);

        string json = JsonSerializer.Serialize(report, ReportJson.Default.Report);
        Report back = JsonSerializer.Deserialize(json, ReportJson.Default.Report)!;

        Assert.Equal(ReportPage.Render(report), ReportPage.Render(back));
    }

    [Fact]
    public void Write_FileIsThere_IsReplacedAndNothingElseIsLeft()
    {
        string folder = Directory.CreateTempSubdirectory("ansatz-").FullName;
        string path = Path.Combine(folder, "runs", "reviews", "report.html");

        ReportPage.Write(SampleReports.Function(), path);
        ReportPage.Write(SampleReports.Reviews(), path);

        Assert.Equal(ReportPage.Render(SampleReports.Reviews()), File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Write_FolderIsAFile_SaysSoAndLeavesNothing()
    {
        string folder = Directory.CreateTempSubdirectory("ansatz-").FullName;
        string file = Path.Combine(folder, "runs");
        File.WriteAllText(file, "kept");

        FaultException fault = Assert.Throws<FaultException>(() => ReportPage.Write(SampleReports.Function(), Path.Combine(file, "report.html")));

        Assert.StartsWith($"The report cannot be written to {Path.Combine(file, "report.html")}: ", fault.Message, StringComparison.Ordinal);
        Assert.Equal("kept", File.ReadAllText(file));
        Directory.Delete(folder, recursive: true);
    }

    private static Report Sample(string name) => name switch
    {
        "reviews" => SampleReports.Reviews(),
        "function" => SampleReports.Function(),
        _ => SampleReports.Hostile(),
    };

    private static IHtmlDocument Parse(Report report) => new HtmlParser().ParseDocument(ReportPage.Render(report));

    private static string Hash(string text) => Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    [GeneratedRegex("x[12]?=\"(-?[0-9.]+)%\"")]
    private static partial Regex Percents();
}
