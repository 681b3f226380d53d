using System.Collections.Immutable;
using System.Globalization;

namespace Ansatz.Language.Tests;

public sealed class BaselinesTests
{
    [Fact]
    public void Majority_TakesTheMostFrequentAnswer()
    {
        DataSplits splits = DataSplits.Of(
            Dataset.FromRows([("a", "no"), ("b", "yes"), ("c", "no")], "train"),
            Dataset.FromRows([("d", "no"), ("e", "yes")], "validation"),
            Dataset.FromRows([("f", "yes"), ("g", "no")], "test"));

        MajorityBaseline majority = new(splits, new LabelScorer());

        Assert.Equal("majority class", majority.Name);
        Assert.Equal(0.6, majority.ValidationScore!.Value, 12);
        Assert.Equal([new Scored(0, "no"), new Scored(1, "no")], majority.Test());
        Assert.Empty(majority.LearningCurve());
    }

    [Fact]
    public void Score_IsTheScorersWhereOtherAnswersThanTheItemsOwnAreWorthSomething()
    {
        DataSplits splits = DataSplits.Of(
            Dataset.FromRows([("a", "red, blue"), ("b", "red, blue"), ("c", "red")], "train"),
            Dataset.FromRows([("d", "red, blue"), ("e", "red")], "validation"),
            Dataset.FromRows([("f", "red"), ("g", "blue, red"), ("h", "red, blue")], "test"));

        MajorityBaseline majority = new(splits, new LabelSetScorer(["red", "blue"]) { F1 = true });

        // "red, blue" for "red": precision 1/2, recall 1.
        Assert.Equal([2 / 3.0, 1, 1], majority.Test().Select(o => ((Scored)o).Score));
        Assert.Equal((3 + (2 * 2 / 3.0)) / 5, majority.ValidationScore!.Value, 12);
        Assert.All(new NaiveBayesBaseline(splits, new LabelSetScorer(["red", "blue"]) { F1 = true }, seed: 1).Test(), o => Assert.InRange(((Scored)o).Score, 2 / 3.0, 1));
    }

    [Fact]
    public void Score_ScaleReal_IsTheScorersAlone()
    {
        DataSplits splits = DataSplits.Of(
            Dataset.FromRows([("a", "10"), ("b", "10")], "train"), Dataset.FromRows([("c", "10"), ("d", "30")], "validation"), Dataset.FromRows([("e", "25"), ("f", "10")], "test"));
        FunctionScorer distance = new("distance", "1", Scale.Real, (reply, item) => new Scored(-Math.Abs(double.Parse(reply, CultureInfo.InvariantCulture) - double.Parse(item.Answer, CultureInfo.InvariantCulture))));

        MajorityBaseline majority = new(splits, distance);

        Assert.Equal([-15.0, 0], majority.Test().Select(o => ((Scored)o).Score));
        Assert.Equal(-5, majority.ValidationScore);
    }

    [Fact]
    public void Of_FieldOfJson_CountsAsRightWhatIsTheAnswer()
    {
        DataSplits splits = DataSplits.Of(
            Dataset.FromRows([("a", "no"), ("b", "yes"), ("c", "no")], "train"), Dataset.FromRows([("d", "no"), ("e", "yes")], "validation"), Dataset.FromRows([("f", "yes"), ("g", "no")], "test"));

        Assert.Equal([new Scored(0, "no"), new Scored(1, "no")], TextBaselines.Of(splits, new JsonFieldScorer("answer"))[0].Test());
    }

    [Fact]
    public void NaiveBayes_FourTexts_HandWorked()
    {
        DataSplits splits = DataSplits.Of(
            Dataset.FromRows([("good good phone", "praise"), ("Bad case", "complaint")], "train"),
            Dataset.FromRows([("it's good", "praise")], "validation"),
            Dataset.FromRows([("A good CASE!", "praise")], "test"));

        Scored scored = Assert.IsType<Scored>(new NaiveBayesBaseline(splits, new LabelScorer(), seed: 1).Test().Single());

        // V = {good, phone, bad, case, it's} = 5; praise has 5 words (good 3), complaint 2 (case 1); "a" is unknown. Priors 3/5 and 2/5.
        double praise = 3.0 / 5 * (4.0 / 10) * (1.0 / 10);
        double complaint = 2.0 / 5 * (1.0 / 7) * (2.0 / 7);
        Assert.Equal(praise / (praise + complaint), scored.Probability!.Value, 12);
        Assert.Equal((1, "praise"), (scored.Score, scored.Output));
    }

    [Fact]
    public void NaiveBayes_Reviews_FiguresKnownFromElsewhere()
    {
        Dataset reviews = TestFiles.Reviews();

        double on120 = Enumerable.Range(0, 10).Average(s => new NaiveBayesBaseline(reviews.Split(40, 80, 300, s), new LabelScorer(), s).Test().MeanScore(Scale.Binary)!.Value);
        double on40 = Enumerable.Range(0, 10).Average(s => new NaiveBayesBaseline(reviews.Split(20, 20, 300, s), new LabelScorer(), s).Test().MeanScore(Scale.Binary)!.Value);

        Assert.InRange(on120, 0.67, 0.73); // about .70
        Assert.InRange(on40, 0.60, 0.66); // about .63
    }

    [Fact]
    public void NaiveBayes_SixIntents_FiguresKnownFromElsewhere()
    {
        Dataset bank6 = TestFiles.Bank6();

        double on36 = Enumerable.Range(0, 10).Average(s => new NaiveBayesBaseline(bank6.Split(30, 6, 200, s), new LabelScorer(), s).Test().MeanScore(Scale.Binary)!.Value);

        Assert.InRange(on36, 0.76, 0.89); // .83 on other splits of the whole set
    }

    [Fact]
    public void NaiveBayes_Learnt_ComesWithCrossValidationAndCurve()
    {
        NaiveBayesBaseline bayes = new(TestFiles.Reviews().Split(40, 80, 300, seed: 1), new LabelScorer(), seed: 1);

        ImmutableArray<CurvePoint> curve = bayes.LearningCurve();

        Assert.Equal("naive Bayes on the same 120 labels", bayes.Name);
        Assert.InRange(bayes.ValidationScore!.Value, 0.5, 0.8); // one that had seen the items it predicts would be near 1
        Assert.Equal(bayes.ValidationScore, new NaiveBayesBaseline(TestFiles.Reviews().Split(40, 80, 300, seed: 1), new LabelScorer(), seed: 1).ValidationScore);
        Assert.Equal([15, 30, 60, 120], curve.Select(p => p.Labels));
        Assert.True(curve[0].Mean < curve[3].Mean);
        Assert.Equal(bayes.Test().MeanScore(Scale.Binary), curve[3].Mean);
        Assert.All(curve, p => Assert.InRange(p.Mean, p.Low, p.High));
    }
}
