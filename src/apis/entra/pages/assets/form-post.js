// Presses the button of the page that takes somebody back to an app by form.
document.getElementById('answer')?.submit();
