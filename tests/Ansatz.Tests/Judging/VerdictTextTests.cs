namespace Ansatz.Tests.Judging;

/// <summary>Each case of a verdict, as it is read. Change an expected text only on purpose.</summary>
public sealed class VerdictTextTests
{
    private const string Bayes = "naive Bayes on the same 120 labels";

    [Fact]
    public void Render_Helped_SaysSoFirst() => Expect(Reviews(), """
         It helped: 41.0 points better than yours (95 % interval 34.4 to 47.1), on 300
         reviews that no search saw: 91.0 % right instead of 50.0 %.
         It also beats the strongest control, word counts alone, by 21.0 points (15.5 to
         26.6).

                                             right  interval      against yours
         found, simplified                    91.0  87.2 - 93.7   +41.0 (34.4 to 47.1)
         yours                                50.0  44.4 - 55.6
         no instruction                       51.0  45.4 - 56.6   +1.0 (-0.9 to 2.9)
         8 random draws, not chosen           57.4  50.0 to 85.0  their mean and range
         naive Bayes on the same 120 labels   70.0  64.6 - 74.9   +20.0 (13.0 to 26.8)

         These 300 reviews were judged for the first time. This test sees a true
         difference of 5.2 points four times in five; a smaller one may go unseen.
         On validation it scored 1.5 points more, by selection (it was chosen there
         among 48) or by chance.
         The comparisons with yours and with the strongest control were fixed
         beforehand; the other intervals describe.
        """);

    [Fact]
    public void Render_CannotTell_SaysThatItCannotBeTold() => Expect(
        Reviews() with
        {
            Rows = [Row("found", ArmRole.Search, .513, .457, .569, (.013, -.02, .046)), Row("yours", ArmRole.Yours, .5, .444, .556), Row("no instruction", ArmRole.Control, .51, .454, .566, (.01, -.009, .029))],
            AgainstYours = new("found", "yours", .013, new(-.02, .046), .5, null),
            AgainstStrongest = new("found", "no instruction", .003, new(-.03, .036), .9, null),
            JudgedBefore = 40,
            Flattery = -.021,
        },
        """
         It cannot be told apart from yours: +1.3 points (95 % interval -2.0 to 4.6), on
         300 reviews that no search saw: 51.3 % right against 50.0 %.
         It cannot be told apart from the strongest control, no instruction: +0.3 points
         (-3.0 to 3.6).

                         right  interval     against yours
         found            51.3  45.7 - 56.9  +1.3 (-2.0 to 4.6)
         yours            50.0  44.4 - 55.6
         no instruction   51.0  45.4 - 56.6  +1.0 (-0.9 to 2.9)

         40 of these 300 reviews were judged before by other studies: what is found now
         may have been tuned to them. This test sees a true difference of 5.2 points
         four times in five; a smaller one may go unseen.
         On validation it scored 2.1 points less, although it was chosen there among 48.
         The comparisons with yours and with the strongest control were fixed
         beforehand; the other intervals describe.
        """);

    [Fact]
    public void Render_Worse_SaysWorseAndTurnsTheInterval() => Expect(
        Reviews() with
        {
            Rows = [Row("found", ArmRole.Search, .42, .365, .476, (-.08, -.121, -.04)) with { Rejected = 12 }, Row("yours", ArmRole.Yours, .5, .444, .556), Row("no instruction", ArmRole.Control, .51, .454, .566, (.01, -.009, .029)) with { Rejected = 3 }],
            AgainstYours = new("found", "yours", -.08, new(-.121, -.04), .001, null),
            AgainstStrongest = new("found", "no instruction", -.09, new(-.13, -.05), .001, null),
            JudgedBefore = 300,
            Flattery = 0,
        },
        """
         It made things worse: 8.0 points worse than yours (95 % interval 4.0 to 12.1),
         on 300 reviews that no search saw: 42.0 % right instead of 50.0 %.
         The strongest control, no instruction, beats it by 9.0 points (5.0 to 13.0).

                         right  interval     against yours
         found            42.0  36.5 - 47.6  -8.0 (-12.1 to -4.0)
         yours            50.0  44.4 - 55.6
         no instruction   51.0  45.4 - 56.6  +1.0 (-0.9 to 2.9)

         All of these 300 reviews were judged before by other studies: what is found now
         may have been tuned to them. This test sees a true difference of 5.2 points
         four times in five; a smaller one may go unseen.
         On validation it scored the same, although it was chosen there among 48.
         Rejected, and counted as 0: 12 (found), 3 (no instruction).
         The comparisons with yours and with the strongest control were fixed
         beforehand; the other intervals describe.
        """);

    [Fact]
    public void Render_BaselineBeatsEveryPrompt_SaysThatFirst() => Expect(
        Intents(.71, new(-.123, new(-.195, -.052))),
        """
         Word counts alone did better than every prompt here: 83.3 % right against
         71.0 % of the prompt that was found, 12.3 points more (95 % interval 5.2 to
         19.5).
         It helped: 20.0 points better than yours (95 % interval 14.0 to 26.0), on 300
         questions that no search saw: 71.0 % right instead of 51.0 %.

                                             right  interval     against yours
         found                                71.0  66.0 - 76.0  +20.0 (14.0 to 26.0)
         yours                                51.0  45.4 - 56.6
         naive Bayes on the same 120 labels   83.3  78.7 - 87.1  +32.3 (26.0 to 38.0)

         These 300 questions were judged for the first time. This test sees a true
         difference of 5.2 points four times in five; a smaller one may go unseen.
         On validation it scored 1.5 points more, by selection (it was chosen there
         among 48) or by chance.
         The comparisons with yours and with the strongest control were fixed
         beforehand; the other intervals describe.
        """);

    [Fact]
    public void Sentences_BaselineAboveEveryPromptWithinTheInterval_ClaimsNoMore() => Assert.Equal(
        "No prompt here can be shown to beat word counts alone: 83.3 % right against 82.0 % of the prompt that was found, a difference of -1.3 points (95 % interval -6.0 to 3.4).",
        VerdictText.Sentences(Intents(.82, new(-.013, new(-.06, .034))))[0]);

    [Fact]
    public void Sentences_BestBaselineIsNotTheStrongestControl_NamesNoInterval()
    {
        Verdict verdict = Intents(.71, new(-.123, new(-.195, -.052)));

        Assert.Equal(
            [
                "Word counts alone scored higher than every prompt here: 83.3 % right against 71.0 % of the prompt that was found.",
                "It helped: 20.0 points better than yours (95 % interval 14.0 to 26.0), on 300 questions that no search saw: 71.0 % right instead of 51.0 %.",
                "It also beats the strongest control, no instruction, by 5.0 points (1.0 to 9.0).",
            ],
            VerdictText.Sentences(verdict with { AgainstStrongest = new("found", "no instruction", .05, new(.01, .09), .01, null) }));
    }

    [Fact]
    public void Sentences_BestDrawAboveTheBaseline_BaselineIsNotSaidToBeatAll()
    {
        Verdict verdict = Intents(.71, new(-.123, new(-.195, -.052)));
        VerdictRow draws = Row("8 random draws, not chosen", ArmRole.Draw, .6, .5, .85) with { Draws = 8 };

        Assert.StartsWith("It helped", VerdictText.Sentences(verdict with { Rows = verdict.Rows.Add(draws) })[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Sentences_FoundIsYours_SaysSoAndClaimsNoMore()
    {
        Verdict verdict = Reviews();

        Assert.Equal(
            "The search ended with yours, so there is no difference to judge: 50.0 % right on 300 reviews that no search saw.",
            VerdictText.Sentences(verdict with
            {
                Rows = [verdict.Rows[1] with { Name = "found", Role = ArmRole.Search }, .. verdict.Rows[1..]],
                AgainstYours = new("found", "yours", 0, new(0, 0), 1, null),
            })[0]);
    }

    [Fact]
    public void Sentences_NoControlButYours_SaysSo() => Assert.Equal(
        "There was no other control to beat.", VerdictText.Sentences(Reviews() with { Rows = Reviews().Rows[..2], AgainstStrongest = null })[^1]);

    [Fact]
    public void Render_UnitScale_CountsPointsOfAHundred() => Expect(
        Reviews() with
        {
            Scale = Scale.Unit,
            Noun = "summaries",
            Items = 1200,
            Rows =
            [
                Row("found", ArmRole.Search, .712, .69, .733, (.104, .08, .127)) with { Summaries = [new("shortest tenth", .5, new(.4, .6))] },
                Row("yours", ArmRole.Yours, .608, .58, .631),
                Row("one step, as many candidates", ArmRole.Control, .73, .71, .75, (.122, .1, .14)),
            ],
            AgainstYours = new("found", "yours", .104, new(.08, .127), .0001, null),
            AgainstStrongest = new("found", "one step, as many candidates", -.018, new(-.041, .005), .1, null),
            Detectable = null,
            Flattery = null,
        },
        """
         It helped: 10.4 points better than yours (95 % interval 8.0 to 12.7), on 1,200
         summaries that no search saw: 71.2 of 100 points instead of 60.8.
         It cannot be told apart from the strongest control, one step, as many
         candidates: -1.8 points (-4.1 to 0.5).

                                       score  interval     against yours
         found                          71.2  69.0 - 73.3  +10.4 (8.0 to 12.7)
         yours                          60.8  58.0 - 63.1
         one step, as many candidates   73.0  71.0 - 75.0  +12.2 (10.0 to 14.0)

         These 1,200 summaries were judged for the first time.
         Other summaries (found): shortest tenth 50.0 (40.0 to 60.0).
         The comparisons with yours and with the strongest control were fixed
         beforehand; the other intervals describe.
        """);

    [Fact]
    public void Render_RealScaleOverSeeds_SaysThatThereAreNoHeldOutItems() => Expect(Function(), """
         It helped: 2.89 better than yours (95 % interval 1.20 to 4.58), a mean of
         -12.31 instead of -15.20, over 10 seeds; there are no held-out items.
         It also beats the strongest control, random search, by 1,202.73 (1,100.00 to
         1,300.00).

               score  interval                against yours
         found
              -12.31  -14.01 to -10.60        +2.89 (1.20 to 4.58)
         yours
              -15.20  -15.20 to -15.20
         random search
           -1,215.04  -1,300.40 to -1,100.00  -1,199.80 (-1,285.00 to -1,085.00)

         By seed (found): -12.10, -11.00, -14.50, -10.02, -13.30, -12.00, -12.20,
         -11.90, -13.00, -13.10.
         Rejected, so without a number: 2 (random search).
         The comparison with yours was fixed beforehand. The strongest control was
         chosen by these same seeds, which favours it; the other intervals describe.
        """);

    /// <summary>The best of several controls over the same seeds looks better than it is, so that nothing is beaten.</summary>
    [Fact]
    public void Sentences_ControlStrongerOverTheSameSeeds_SaysWhoChoseIt() => Assert.Equal(
        "The strongest control, random search, scored higher by 1.20 (0.40 to 2.00), though these same seeds chose it as the strongest.",
        VerdictText.Sentences(Function() with { AgainstStrongest = new("found", "random search", -1.2, new(-2, -.4), .01, null) })[^1]);

    [Fact]
    public void Render_FoundWasRejected_ComparesNothing()
    {
        Verdict verdict = Function() with
        {
            Seeds = 0,
            Items = 40,
            Rows = [Row("found", ArmRole.Search, double.NaN, double.NaN, double.NaN) with { Rejected = 1 }, Row("yours", ArmRole.Yours, 4, 3, 5), Row("random search", ArmRole.Control, 3, 2, 4)],
            AgainstYours = new("found", "yours", double.NaN, new(double.NaN, double.NaN), null, null),
            AgainstStrongest = new("found", "random search", double.NaN, new(double.NaN, double.NaN), null, null),
            Candidates = 12,
            Flattery = double.NaN,
        };

        Assert.Equal(["What was found has no score on 40 items that no search saw (1 of its outcomes was rejected), so the two cannot be compared."], VerdictText.Sentences(verdict));
        Assert.DoesNotContain(VerdictText.Notes(verdict), n => n.Contains("validation it scored", StringComparison.Ordinal));
    }

    [Fact]
    public void Sentences_StrongestControlHasNoScoreThere_IsNotSaidToBeAlike() => Assert.Equal(
        "The strongest control, no instruction, has no score there.",
        VerdictText.Sentences(Reviews() with { AgainstStrongest = new("found", "no instruction", double.NaN, new(double.NaN, double.NaN), null, null) })[^1]);

    [Fact]
    public void Notes_NothingWasChosen_MoreOnValidationIsChance() =>
        Assert.Contains("On validation it scored 4.0 points more, by chance: nothing was chosen there.", VerdictText.Notes(Reviews() with { Candidates = 1, Flattery = .04 }));

    [Fact]
    public void Sentences_NoControlHasAScore_DoesNotSayThatThereWasNone() => Assert.Equal(
        "No other control got a score by which the strongest could be told.",
        VerdictText.Sentences(Reviews() with { AgainstStrongest = null })[^1]);

    /// <summary>Ten seeds gain a quarter each: no width, and beside 1,234 no decimals.</summary>
    [Fact]
    public void Sentences_EqualGainsBesideLargeScores_AreSeen() => Assert.Equal(
        [
            "It helped: 0.250 better than yours (95 % interval 0.250 to 0.250), a mean of -1,234.000 instead of -1,234.250, over 10 seeds; there are no held-out items.",
            "There was no other control to beat.",
        ],
        VerdictText.Sentences(Function() with
        {
            Rows = [Row("found", ArmRole.Search, -1234, -1234, -1234), Row("yours", ArmRole.Yours, -1234.25, -1234.25, -1234.25)],
            AgainstYours = new("found", "yours", .25, new(.25, .25), .002, null),
            AgainstStrongest = null,
        }));

    /// <summary>Yours lies a hundred away and the strongest control half of one: that it is beaten by is seen as well.</summary>
    [Fact]
    public void Sentences_StrongestControlBeatenByLess_ShowsByHowMuch() => Assert.Equal(
        "It also beats the strongest control, random search, by 0.500 (0.350 to 0.650).",
        VerdictText.Sentences(Function() with
        {
            AgainstYours = new("found", "yours", 100, new(40, 160), .002, null),
            AgainstStrongest = new("found", "random search", .5, new(.35, .65), .002, null),
        })[1]);

    [Fact]
    public void Render_OneSeed_HasNoInterval() => Expect(
        Function() with
        {
            Seeds = 1,
            Rows = [Row("found", ArmRole.Search, -1.5, double.NaN, double.NaN) with { Values = [-1.5] }, Row("yours", ArmRole.Yours, -3.25, double.NaN, double.NaN) with { Values = [-3.25] }],
            AgainstYours = new("found", "yours", 1.75, new(double.NaN, double.NaN), null, null),
            AgainstStrongest = null,
        },
        """
         It cannot be told apart from yours: +1.75 (no interval), a mean of -1.50
         against -3.25, over 1 seed; there are no held-out items.
         There was no other control to beat.

                score  interval     against yours
         found  -1.50  no interval
         yours  -3.25  no interval

         By seed (found): -1.50.
         By seed (yours): -3.25.
         Fewer than 10 seeds: a first look, not yet a finding about the method.
        """);

    [Fact]
    public void Sentences_SeriesOnOneTestSet_NamesBoth() => Assert.StartsWith(
        "It helped: 41.0 points better than yours (95 % interval 34.4 to 47.1), over 10 seeds on 300 reviews that no search saw: 91.0 % right",
        VerdictText.Sentences(Reviews() with { Seeds = 10 })[0], StringComparison.Ordinal);

    [Theory]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(200)]
    public void Render_AnyWidth_NoLineIsWider(int width) =>
        Assert.All(VerdictText.Render(Reviews(), width).Split('\n'), line => Assert.InRange(line.Length, 0, width));

    [Fact]
    public void Table_NarrowTerminal_NumbersStandBelowTheName() => Assert.Equal(
        """
           right  interval      against yours
         found, simplified
            91.0  87.2 - 93.7   +41.0 (34.4 to 47.1)
         yours
            50.0  44.4 - 55.6
         no instruction
            51.0  45.4 - 56.6   +1.0 (-0.9 to 2.9)
         8 random draws, not chosen
            57.4  50.0 to 85.0  their mean and range
         naive Bayes on the same 120 labels
            70.0  64.6 - 74.9   +20.0 (13.0 to 26.8)
        """.ReplaceLineEndings("\n"),
        string.Join('\n', VerdictText.Table(Reviews(), 50)));

    [Fact]
    public void Render_NameWithControlCharacters_TheyDoNotReachTheTerminal()
    {
        Verdict verdict = Reviews();

        string text = VerdictText.Render(verdict with { Noun = "re\u001b[2Jviews", Rows = verdict.Rows.SetItem(1, verdict.Rows[1] with { Name = "yo\u202Eurs\n" }) });

        Assert.DoesNotContain(text, c => c is '\u001b' or '\u202E');
        Assert.Contains("re\uFFFD[2Jviews", text, StringComparison.Ordinal);
        Assert.Contains("yo\uFFFDurs\uFFFD", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Spent_FreeStudy_SaysFree() => Assert.Equal(
        "3,520 rollouts searched, 4,100 for the controls and the verdict, no test answer rejected, 3:06, free.",
        VerdictText.Spent(Reviews(), TimeSpan.FromSeconds(186.4)));

    [Fact]
    public void Spent_PaidStudy_AddsTheMoneyOfAllRoles() => Assert.Equal(
        "10 rollouts searched, 7 for the controls and the verdict, no test answer rejected, for 1.505 (1.25 searched, 0.25 for the controls, 0.005 for the verdict).",
        VerdictText.Spent(Reviews() with
        {
            Account = new(new() { Rollouts = 10, Money = 1.25m }, new() { Rollouts = 3, Money = .25m }, new() { Rollouts = 4, Money = .005m }),
        }));

    /// <summary>A hundredth of a cent has parts too.</summary>
    [Fact]
    public void Spent_LittleMoney_ShowsWhatItsPartsWere() => Assert.EndsWith(
        ", for 0.0001 (0.00007 searched, 0.00003 for the controls, 0.00 for the verdict).",
        VerdictText.Spent(Reviews() with { Account = new(new() { Money = .00007m }, new() { Money = .00003m }, default) }),
        StringComparison.Ordinal);

    [Fact]
    public void Spent_OverSeeds_SpeaksOfNoTestAnswers() => Assert.Equal(
        "5,000 rollouts searched, 20 for the controls and the verdict, free.",
        VerdictText.Spent(Function()));

    [Fact]
    public void Spent_WhatIsNotKnownOrNotAllowed_IsSaidApart() => Assert.EndsWith(
        ", for 1.25 (1.25 searched, 0.00 for the controls, 0.00 for the verdict). 3 more calls have no known price."
        + " Of 2 calls the server did not say how many tokens they took: they are counted at the most. 1,200 of the tokens, 0.03 of the money, are beyond what the server was allowed for a call.",
        VerdictText.Spent(Reviews() with
        {
            Account = new(
                new() { Rollouts = 10, Calls = 10, Money = 1.25m, ExcessTokens = 1200, ExcessMoney = 0.03m },
                new() { Calls = 3, UnpricedCalls = 3 },
                new() { Calls = 4, EstimatedCalls = 2 }),
        }),
        StringComparison.Ordinal);

    [Fact]
    public void Spent_CallsWithoutAPrice_AreNotCalledFree() => Assert.Equal(
        "10 rollouts searched, 7 for the controls and the verdict, 2 test answers rejected, 17 calls with 170 tokens in and 34 out, without a price.",
        VerdictText.Spent(Reviews() with
        {
            Rows = Reviews().Rows.SetItem(1, Reviews().Rows[1] with { Rejected = 2 }),
            Account = new(
                new() { Rollouts = 10, Calls = 10, UnpricedCalls = 10, InputTokens = 100, OutputTokens = 20 },
                new() { Rollouts = 3, Calls = 3, InputTokens = 30, OutputTokens = 6 },
                new() { Rollouts = 4, Calls = 4, InputTokens = 40, OutputTokens = 8 }),
        }));

    [Theory]
    [InlineData(0, "0:00")]
    [InlineData(59.9, "0:59")]
    [InlineData(3599, "59:59")]
    [InlineData(3600, "1:00:00")]
    [InlineData(360000, "100:00:00")]
    public void Duration_Seconds_ReadsAsAClock(double seconds, string expected) =>
        Assert.Equal(expected, VerdictText.Duration(TimeSpan.FromSeconds(seconds)));

    private static void Expect(Verdict verdict, string expected) =>
        Assert.Equal(expected.ReplaceLineEndings("\n"), VerdictText.Render(verdict));

    private static Verdict Reviews() => new()
    {
        Study = "reviews",
        Scale = Scale.Binary,
        Noun = "reviews",
        CandidateNoun = "prompt",
        Items = 300,
        Rows =
        [
            Row("found, simplified", ArmRole.Search, .91, .872, .937, (.41, .344, .471)) with { Validation = .925, CandidateId = "a" },
            Row("yours", ArmRole.Yours, .5, .444, .556) with { Validation = .5, CandidateId = "b" },
            Row("no instruction", ArmRole.Control, .51, .454, .566, (.01, -.009, .029)),
            Row("8 random draws, not chosen", ArmRole.Draw, .574, .5, .85) with { Draws = 8, Values = [.5, .52, .51, .62, .5, .59, .85, .502] },
            Row(Bayes, ArmRole.Control, .7, .646, .749, (.2, .13, .268)) with { IsBaseline = true, InWords = "word counts alone" },
        ],
        AgainstYours = new("found, simplified", "yours", .41, new(.344, .471), 1e-9, null),
        AgainstStrongest = new("found, simplified", Bayes, .21, new(.155, .266), 1e-9, null),
        Detectable = .052,
        Candidates = 48,
        Flattery = .015,
        Account = new(new() { Rollouts = 3520 }, new() { Rollouts = 1700 }, new() { Rollouts = 2400 }),
    };

    private static Verdict Intents(double found, (double Mean, Interval Interval) againstBayes) => Reviews() with
    {
        Study = "bank6",
        Noun = "questions",
        Rows =
        [
            Row("found", ArmRole.Search, found, found - .05, found + .05, (.2, .14, .26)) with { CandidateId = "a" },
            Row("yours", ArmRole.Yours, .51, .454, .566) with { CandidateId = "b" },
            Row(Bayes, ArmRole.Control, .833, .787, .871, (.323, .26, .38)) with { IsBaseline = true, InWords = "word counts alone" },
        ],
        AgainstYours = new("found", "yours", .2, new(.14, .26), 1e-6, null),
        AgainstStrongest = new("found", Bayes, againstBayes.Mean, againstBayes.Interval, .001, null),
    };

    private static Verdict Function() => new()
    {
        Study = "rosenbrock",
        Scale = Scale.Real,
        Noun = "items",
        Items = 0,
        Seeds = 10,
        Rows =
        [
            Row("found", ArmRole.Search, -12.312, -14.01, -10.6, (2.89, 1.2, 4.58)) with { Values = [-12.1, -11, -14.5, -10.02, -13.3, -12, -12.2, -11.9, -13, -13.1] },
            Row("yours", ArmRole.Yours, -15.2, -15.2, -15.2),
            Row("random search", ArmRole.Control, -1215.04, -1300.4, -1100, (-1199.8, -1285, -1085)) with { Rejected = 2 },
        ],
        AgainstYours = new("found", "yours", 2.89, new(1.2, 4.58), .002, null),
        AgainstStrongest = new("found", "random search", 1202.728, new(1100, 1300), .002, null),
        Account = new(new() { Rollouts = 5000 }, default, new() { Rollouts = 20 }),
    };

    private static VerdictRow Row(
        string name, ArmRole role, double mean, double low, double high, (double Difference, double Low, double High)? yours = null) => new()
        {
            Name = name,
            Role = role,
            Mean = mean,
            Interval = new(low, high),
            AgainstYours = yours is { } y ? new(name, "yours", y.Difference, new(y.Low, y.High), null, null) : null,
        };
}
